qiao match $TINY/needs.tsv $TINY/results.tsv -o out.xlsx --experts --lang en --quiet
qiao test-sheet out.xlsx
