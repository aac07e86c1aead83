# The same records as csv, jsonl and a template's header, in both languages.
qiao init d
printf '单位名称,单位类型,主营与优势方向\n=1+1 示例,高校,材料；机械\n-5 示例,企业,"含；分号"\n' > org.csv
qiao import d org org.csv --apply --quiet
qiao export d org -o a.csv --columns name,type,keywords --quiet
cat a.csv
qiao export d org -o a.jsonl --columns id,name,type,keywords --lang en
cat a.jsonl
qiao export d 单位 -o a.xlsx --columns name,type,keywords --sort -id
qiao test-sheet a.xlsx
qiao import d org a.xlsx
qiao template d resource -o t.xlsx
qiao test-sheet t.xlsx | head -n 2
qiao import d resource t.xlsx
