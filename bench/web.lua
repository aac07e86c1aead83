-- wrk: the paths of a file in turn; at the end one line of figures.
--   wrk ... -s bench/web.lua URL -- PATHS [COOKIE]
local paths, at = {}, 0

function init(args)
   for line in io.lines(args[1]) do
      paths[#paths + 1] = wrk.format("GET", line, args[2] and { Cookie = args[2] } or nil)
   end
   at = math.random(#paths)
end

function request()
   at = at % #paths + 1
   return paths[at]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("figures %.1f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      e.connect + e.read + e.write + e.status + e.timeout, summary.bytes / summary.requests))
end
