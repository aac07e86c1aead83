# What a spreadsheet holds cannot command the terminal, nor break a line of --tsv.
printf '编号,名称\n"a\tb",压铸\033[31m模具\302\205耐热\342\200\256涂层\n' > needs.csv
qiao match needs.csv $TINY/results.tsv | head -n 1 | od -c | head -n 20
qiao match needs.csv $TINY/results.tsv --tsv -k 1
