qiao learn $SAMPLES/decisions.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv
