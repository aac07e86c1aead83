qiao match $TINY/needs.tsv $TINY/results.tsv -o out.xlsx
qiao test-sheet out.xlsx
ls
