-- wrk: the paths of a file in turn; at the end one line of figures.
--   wrk ... -s bench/web.lua URL -- PATHS [COOKIE [anew]]
-- anew: no address is asked for twice (a parameter that means nothing), so that nothing kept answers.
local paths, at, anew, cookie = {}, 0, false, nil

function init(args)
   cookie = args[2] and { Cookie = args[2] } or nil
   anew = args[3] == "anew"
   for line in io.lines(args[1]) do
      paths[#paths + 1] = anew and line or wrk.format("GET", line, cookie)
   end
   math.randomseed(os.time())
   at = math.random(#paths) + (anew and #paths * math.random(1000000) or 0)
end

function request()
   at = anew and at + 1 or at % #paths + 1
   if anew then
      local line = paths[at % #paths + 1]
      return wrk.format("GET", line .. (line:find("?", 1, true) and "&n=" or "?n=") .. at, cookie)
   end
   return paths[at]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("figures %.1f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      e.connect + e.read + e.write + e.status + e.timeout, summary.bytes / summary.requests))
end
