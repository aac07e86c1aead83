mkdir tables
printf 'a: [b\n' > tables/units.yaml
qiao match $TINY/needs.tsv $TINY/results.tsv --model tables; echo $?
qiao match $TINY/needs.tsv $TINY/results.tsv --model nowhere; echo $?
