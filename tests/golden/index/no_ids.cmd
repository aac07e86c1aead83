# Without ids, title and unit name a result: the same file again replaces, another file does not.
printf '名称,单位\n压铸模具涂层,甲大学\n压铸模具涂层,乙大学\n压铸模具涂层,甲大学\n' > one.csv
printf '名称,单位\n古琴漆面修复,甲大学\n' > two.csv
qiao index store add one.csv
qiao index store add one.csv
qiao index store add two.csv
qiao index store list --tsv
