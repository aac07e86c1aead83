qiao match - $TINY/results.tsv --tsv -k 1 < $TINY/needs.tsv
