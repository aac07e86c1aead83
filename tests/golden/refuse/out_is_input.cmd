cp $SAMPLES/needs.xlsx . && cp needs.xlsx before.xlsx
qiao match needs.xlsx $TINY/results.tsv -o ./needs.xlsx
status=$?
cmp needs.xlsx before.xlsx && ls
exit $status
