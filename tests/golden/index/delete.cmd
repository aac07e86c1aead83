qiao index store add $TINY/results.tsv --quiet
qiao index store delete P1 P2 P1 nobody
qiao search store "压铸模具" --tsv
qiao index store delete P1
