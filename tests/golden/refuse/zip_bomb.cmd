mkxlsx bomb bad.xlsx
qiao match bad.xlsx $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad.xlsx $TINY/results.tsv --lang en; ls; exit $status
