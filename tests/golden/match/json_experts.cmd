qiao match $TINY/needs.tsv $TINY/results.tsv --json --experts --lang=en
