# Nothing but add makes a folder.
qiao index nowhere list
qiao index nowhere delete P1
qiao index nowhere verify
qiao index nowhere publish
qiao search nowhere 涂层
qiao search nowhere 涂层 --lang en
ls
qiao index
qiao index store burn
qiao index store add
qiao index store add nowhere.csv
qiao index store delete
qiao index store list more
qiao index store verify --tsv
qiao index store publish --map id=A
qiao search store
qiao search store 涂层 --json --tsv
ls
