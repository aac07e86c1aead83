# Figures of bench/speed, a line each: round, engine, one flat JSON object. Prints the table, then
# the ratios; with -v near=F only the peers whose median need takes at most F times the fastest's.

function value(json, key) {
    if (!match(json, "\"" key "\": *[^,}]*"))
        return ""
    return substr(json, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
}

# The median over rounds of figure `key` of engine e; "" where there is none.
function median(e, key,    n, r, i, x, a) {
    for (r = 1; r <= rounds; r++)
        if ((e, key, r) in figure) {
            x = figure[e, key, r]
            for (i = n++; i > 0 && a[i] > x; i--)
                a[i + 1] = a[i]
            a[i + 1] = x
        }
    return n ? (a[int((n + 1) / 2)] + a[int(n / 2) + 1]) / 2 : ""
}

function cell(x, digits) {
    return x == "" ? "-" : sprintf("%." digits "f", x)
}

# The best peer's figure of a round; want = 1: the largest is best, -1: the smallest.
function best(key, r, want,    i, x, b) {
    for (i = 1; i <= engines; i++)
        if (name[i] != "qiao" && (name[i], key, r) in figure) {
            x = figure[name[i], key, r]
            if (b == "" || (x - b) * want > 0)
                b = x
        }
    return b
}

# Median over rounds of how many times better we are than the best peer of the same round; where
# peers were measured once (building), of the first.
function ratio(key, want,    r, b, ours) {
    for (r = 1; r <= rounds; r++) {
        b = best(key, r, want)
        if (b == "")
            b = best(key, 1, want)
        if (b != "" && ("qiao", key, r) in figure && figure["qiao", key, r] > 0 && b > 0) {
            ours = figure["qiao", key, r]
            figure["ratio", key, r] = want > 0 ? ours / b : b / ours
        }
    }
    return median("ratio", key)
}

function table(    i, e, j, k) {
    split("p50_ms p99_ms mean_ms batch1_qps batch2_qps build_s disk_bytes visible_ms peak_rss_mb " \
          "overlap", key, " ")
    split("3 3 3 1 1 1 0 2 0 3", digits, " ")
    printf "%-16s %6s %9s %9s %9s %9s %9s %8s %8s %9s %8s %8s\n", "engine", "needs", "p50 ms",
        "p99 ms", "mean ms", "1 core/s", "2 core/s", "build s", "disk MB", "added ms", "peak MB",
        "overlap"
    for (i = 1; i <= engines; i++) {
        e = name[i]
        k = median(e, "disk_bytes")
        printf "%-16s %6s %9s %9s %9s %9s %9s %8s %8s %9s %8s %8s\n", e " " version[e],
            cell(median(e, "needs"), 0), cell(median(e, key[1]), 3), cell(median(e, key[2]), 3),
            cell(median(e, key[3]), 3), cell(median(e, key[4]), 1), cell(median(e, key[5]), 1),
            cell(median(e, key[6]), 1), cell(k == "" ? k : k / 1e6, 0),
            cell(median(e, key[8]), 2), cell(median(e, key[9]), 0), cell(median(e, key[10]), 3)
    }
}

function per_posting(key,    p) {
    p = median("qiao", "postings")
    return p > 0 ? median("qiao", key) / p : ""
}

{
    if (!($2 in seen)) {
        seen[$2] = 1
        name[++engines] = $2
    }
    rounds = $1 > rounds ? $1 : rounds
    json = substr($0, length($1) + length($2) + 3)
    if (value(json, "version") != "") {
        version[$2] = value(json, "version")
        gsub(/"/, "", version[$2])
    }
    n = split("needs p50_ms p99_ms mean_ms batch1_qps batch2_qps build_s disk_bytes visible_ms " \
              "peak_rss_mb overlap postings bytes_inverted bytes_forward exact", keys, " ")
    for (i = 1; i <= n; i++)
        if ((x = value(json, keys[i])) != "")
            figure[$2, keys[i], $1] = x + 0
}

END {
    if (near) {
        for (i = 1; i <= engines; i++)
            if (name[i] != "qiao" && median(name[i], "p50_ms") <= near * best("p50_ms", 1, -1))
                printf "%s ", name[i]
        exit
    }
    table()
    if (seen["qiao"])
        printf "forward_bytes_per_posting=%s two_cores=%s p99_ratio=%s\n",
            cell(per_posting("bytes_forward"), 3),
            cell(median("qiao", "batch2_qps") / (median("qiao", "batch1_qps") + 1e-9), 2),
            cell(ratio("p99_ms", -1), 1)
    exact = seen["qiao"] ? 1 : ""
    for (r = 1; r <= rounds && seen["qiao"]; r++)
        exact = exact && figure["qiao", "exact", r] == 1
    printf "ratio_one=%s ratio_batch=%s ratio_build=%s bytes_per_posting=%s exact=%s\n",
        cell(ratio("p50_ms", -1), 1), cell(ratio("batch1_qps", 1), 1),
        cell(ratio("build_s", -1), 2), cell(per_posting("bytes_inverted"), 3), cell(exact, 0)
}
