qiao match $TINY/needs.tsv $TINY/results.tsv --explain Q9 P1; echo $?
qiao match $TINY/needs.tsv $TINY/results.tsv --explain Q1 P9 --lang en; echo $?
