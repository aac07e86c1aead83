printf '名称\n压铸模具表面耐热涂层\n古琴漆面修复\n' > needs.csv
qiao match needs.csv $TINY/results.tsv --tsv -k 1
qiao match needs.csv $TINY/results.tsv --explain 2 P1 | head -n 2
