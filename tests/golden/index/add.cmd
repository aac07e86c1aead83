# The folder is made; an id that is there is replaced; rows with problems are named.
qiao index store add $TINY/results.tsv
printf '成果编号,成果名称,完成单位\nP1,压铸模具换代涂层,示例大学\nP9,,示例大学\nP6,古琴漆面修复,示例学院\n' > more.csv
qiao index store add more.csv
qiao index store list --tsv
