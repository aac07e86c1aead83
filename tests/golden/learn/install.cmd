# An officer who accepts what comes from the need's own region, and nothing else.
qiao match $SAMPLES/needs.tsv $SAMPLES/results.tsv --tsv -k 6 |
    awk -F'\t' -v OFS=, 'BEGIN { print "need id,result id,decision" }
        FILENAME ~ /needs/ { region[$1] = $9; next } FILENAME ~ /results/ { from[$1] = $8; next }
        { print $1, $2, index(region[$1], from[$2]) ? "yes" : "no" }' $SAMPLES/needs.tsv $SAMPLES/results.tsv - >decisions.csv
qiao match $SAMPLES/needs.tsv $SAMPLES/results.tsv --tsv >before
qiao learn decisions.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv --install --lang en | sed 's|: /.*/config|: CONFIG|'
qiao match $SAMPLES/needs.tsv $SAMPLES/results.tsv --tsv >after
cmp -s before after || echo "other matches"
qiao learn --show | sed 's|：/.*/config|：CONFIG|' | head -n 1
qiao learn --reset
qiao match $SAMPLES/needs.tsv $SAMPLES/results.tsv --tsv | cmp - before && echo "as before"
