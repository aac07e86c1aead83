# A dry run, a wrong row, the write, once more, and what came of it.
qiao init d
printf '单位名称,单位类型\n示例电机厂,企业\n' > org.csv
qiao import d org org.csv --apply
printf '某市需求汇总,,,\n需求名称（必填）,所属行业,预算（万元）,所属单位,颜色\n电机降噪,C38,５０,示例电机厂,红\n轴承寿命,X99,很多,没有的厂,蓝\n' > needs.csv
qiao import d need needs.csv -o wrong.xlsx
echo "[exit $?]"
qiao test-sheet wrong.xlsx
sed -i '$d' needs.csv
qiao import d need needs.csv
qiao import d need needs.csv --apply
qiao import d need needs.csv --lang en
qiao export d need -o out.csv --columns title,industry,budget,owner,state
cat out.csv
qiao import d need out.csv
