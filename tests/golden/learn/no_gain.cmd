qiao learn $SAMPLES/decisions.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv
qiao learn $SAMPLES/decisions.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv --install --quiet --lang en; echo $?
qiao learn --show
