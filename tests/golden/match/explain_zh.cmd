qiao match $TINY/needs.tsv $TINY/results.tsv --explain Q1 P1
