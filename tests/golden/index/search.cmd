qiao index store add $TINY/results.tsv --quiet
qiao search store "压铸模具 耐热涂层"
qiao search store "pH probe alarm" -k 1 --lang en
qiao search store "压铸模具 耐热涂层" --tsv -k 2
qiao search store "压铸模具 耐热涂层" --json -k 2
qiao search store "琵琶"
qiao search store "琵琶" --json
