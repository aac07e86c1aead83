#!/bin/sh
# The samples keep what they promise, and the program finds in them what a person found. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
LC_ALL=C.UTF-8
export LC_ALL
mkdir -p build/check
work=$(mktemp -d build/check/samples.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
ok() { # NAME: did the command before succeed?
    status=$?
    n=$((n + 1))
    if [ "$status" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
cd samples || exit 1
work=../$work

awk -F'\t' 'NR > 1 && !seen[$1]++ { n++ } END { exit !(n == 40 && NR == 41) }' needs.tsv
ok "40 needs"
awk -F'\t' 'NR > 1 && !seen[$1]++ { n++ } END { exit !(n == 160 && NR == 161) }' results.tsv
ok "160 results"
awk -F'\t' 'FNR > 1 && $(FILENAME == "needs.tsv" ? 5 : 4) !~ /示例/ { bad = 1; print > "/dev/stderr" } END { exit bad }' needs.tsv results.tsv
ok "every organisation is marked 示例"
awk -F'\t' 'FNR > 1 { n[$(FILENAME == "needs.tsv" ? 8 : 7)]++ } END { for (i in n) { k++; if (n[i] != 25) bad = 1 } exit bad || k != 8 }' needs.tsv results.tsv
ok "eight industries, 5 needs and 20 results each"
awk -F'\t' 'NR > 1 { k = split($5, who, "、"); for (i = 1; i <= k; i++) count[who[i] "@" $4]++ }
    END { for (p in count) { people++; if (count[p] > 5) bad = 1 } exit bad || people < 60 || people > 80 }' results.tsv
ok "60 to 80 experts with 1 to 5 results"
awk -F'\t' 'FNR == 1 { next } FILENAME != "truth.tsv" { id[$1] = 1; next }
    { if (!($1 in id) || !($2 in id) || $3 !~ /^[234]$/ || seen[$1, $2]++) bad = 1
      if ($3 >= 3) fits[$1]++
      used[$2] = 1 }
    END { for (i in id) if (i ~ /^N/) { if (!fits[i]) none++; if (fits[i] > 4) bad = 1 } else if (!(i in used)) idle++
          exit bad || none < 4 || none > 5 || idle != 20 }' needs.tsv results.tsv truth.tsv
ok "truth: 1 to 4 fitting results, 4 or 5 needs without, 20 results for nobody"
{ cat truth.tsv; tail -n +2 decisions.csv | tr ',' '\t'; } | awk -F'\t' 'NR == 1 { next }
    $3 ~ /^[234]$/ { level[$1, $2] = $3; next }
    $3 !~ /^(接受|拒绝)$/ || $4 == "" { bad = 1 }
    { rows++; wrong += (level[$1, $2] >= 3) != ($3 == "接受") }
    END { exit bad || rows < 120 || wrong / rows < .05 || wrong / rows > .11 }'
ok "decisions: 120 or more, as the truth says but for about 8 %"
iconv -f GB18030 -t UTF-8 needs_gb18030.csv | tr -d '\r"' | tail -n +2 >"$work/from_csv"
tr '\t' ',' <needs.tsv | cmp -s - "$work/from_csv"
ok "the GB18030 csv holds the same needs"

cd ..
work=${work#../}
make -s -j2 all >&2
ok "the program is built"
for f in needs.tsv needs.xlsx needs_gb18030.csv; do
    build/gcc/qiao match samples/$f samples/results.xlsx -k 10 --tsv --quiet >"$work/$f.out"
    ok "match $f"
done
[ -s "$work/needs.tsv.out" ] && cmp "$work/needs.tsv.out" "$work/needs.xlsx.out" >&2
ok "the workbook gives the same matches: title rows, merged cells, full-width digits, two sheets"
[ -s "$work/needs.tsv.out" ] && cmp "$work/needs.tsv.out" "$work/needs_gb18030.csv.out" >&2
ok "the GB18030 csv gives the same matches"

# Bars: what was measured (docs/match.md); the reference method alone reaches 31 and 67.
awk -F'\t' 'FILENAME ~ /truth/ { if (FNR > 1 && $3 >= 3) { all++; if (!has[$1]++) needs++ } level[$1, $2] = $3; next }
    $1 !~ /^N[0-9]/ { next }
    !seen[$1]++ { first += level[$1, $2] == 4 }
    { found += level[$1, $2] >= 3 }
    END { printf "# a fully fitting result first: %d of %d needs; fitting results in the first ten: %d of %d\n", first, needs, found, all
          exit first < 30 || found < 66 }' samples/truth.tsv "$work/needs.tsv.out"
ok "the fitting results are found"
echo "1..$n"
