printf '编号\t名称\t简介\nA1\t压铸模具耐热涂层\t耐热\nA1\t古琴修复\t断纹\nA3\t\t没有标题\nA4\t葡萄园霜冻预报\t=#N/A!\n' | mkxlsx rows needs.xlsx
qiao match needs.xlsx $TINY/results.tsv -o out.xlsx
qiao test-sheet out.xlsx | grep 问题行
qiao match needs.xlsx $TINY/results.tsv --json --lang en | sed -n '/"problems"/,$p'
