cat >known.csv <<'X'
单位名称,简称,信用代码,类型
临江理工大学,临理工,A1,高校
澜河重工股份有限公司,,A2,企业
江南农业大学,"江农；江南农大",A3,高校
X
qiao read $PAGES/u01_signing.html $PAGES/v09_visit.html --known known.csv
qiao read $PAGES/u01_signing.html --known known.csv -o out.xlsx && qiao test-sheet out.xlsx
