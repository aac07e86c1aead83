# What is added is found at once, by the old statistics; publishing takes new ones.
qiao index store add $TINY/results.tsv --quiet
printf '成果编号,成果名称\nP6,压铸机料筒\n' > more.csv
qiao index store add more.csv --quiet
qiao search store "压铸" --tsv -k 1
qiao index store publish
qiao search store "压铸" --tsv -k 1
