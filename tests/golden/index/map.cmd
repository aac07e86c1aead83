printf 'a,b,c\nx1,压铸模具涂层,示例大学\n' > r.csv
qiao index store add r.csv --map title=b --map id=A --map org=c
qiao index store list
