qiao read
qiao read nosuch
qiao read $PAGES -o out.csv
qiao read $PAGES --kind 高校
qiao read $PAGES --known $TINY/needs.tsv --kind 动物园
mkdir empty && qiao read empty
echo '# none' >list && qiao read --urls list
echo ftp://127.0.0.1/ >list && qiao read --urls list
qiao read --urls list --allow-private here
qiao read $PAGES --delay -1
