qiao match $TINY/needs.tsv $TINY/results.tsv -o out.csv
