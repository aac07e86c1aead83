qiao match $TINY/needs.tsv $TINY/results.tsv --explain Q2 P3 --lang en
