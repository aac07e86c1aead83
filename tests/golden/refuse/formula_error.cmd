printf '编号\t名称\nA1\t=#REF!\n' | mkxlsx rows bad.xlsx
qiao match bad.xlsx $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad.xlsx $TINY/results.tsv --lang en; ls; exit $status
