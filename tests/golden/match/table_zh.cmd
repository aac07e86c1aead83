qiao match $TINY/needs.tsv $TINY/results.tsv
