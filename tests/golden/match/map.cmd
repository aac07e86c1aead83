printf 'a,b,c\nx1,压铸模具表面耐热涂层,示例铸造有限公司\n' > needs.csv
qiao match needs.csv $TINY/results.tsv --map-needs title=b --map-needs id=A --map-needs org=c --tsv -k 1
