# What is refused, and how it is said.
qiao init d
printf '颜色,气味\n红,香\n' > colours.csv
printf '需求名称\n' > empty.csv
qiao import d need
qiao import d nothing colours.csv
qiao import d need colours.csv
qiao import d need empty.csv
qiao import d need missing.csv
qiao import d need colours.csv -o out.txt
qiao export d need
qiao export d need -o out.pdf
qiao export d need -o out.csv --columns title,nobody
qiao export d need -o out.csv --filter 'nobody = 1'
qiao template d need -o out.csv
qiao import nowhere need colours.csv
