qiao match $TINY/needs.tsv $TINY/results.tsv --tsv > /dev/full; echo $?
qiao match $TINY/needs.tsv $TINY/results.tsv --json --lang en > /dev/full; echo $?
qiao match $TINY/needs.tsv $TINY/results.tsv > /dev/full; echo $?
qiao --version > /dev/full; echo $?
