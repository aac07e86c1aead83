COLUMNS=60 qiao match $TINY/needs.tsv $TINY/results.tsv
