qiao match $TINY/needs.tsv $TINY/results.tsv -o nowhere/out.xlsx
