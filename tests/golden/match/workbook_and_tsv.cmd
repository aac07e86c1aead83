qiao match $TINY/needs.tsv $TINY/results.tsv -o out.xlsx --tsv -k 1
ls
