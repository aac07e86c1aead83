# Decisions without a rule teach nothing.
qiao match $SAMPLES/needs.tsv $SAMPLES/results.tsv --tsv -k 6 |
    awk -F'\t' -v OFS=, 'BEGIN { print "需求编号,成果编号,决定" } { print $1, $2, NR * 7919 % 104729 % 2 ? "接受" : "拒绝" }' >decisions.csv
qiao learn decisions.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv --install --lang en; echo $?
qiao learn --show
