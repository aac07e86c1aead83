qiao match $TINY/needs.tsv $TINY/results.tsv --tsv -k2 --threads=1
