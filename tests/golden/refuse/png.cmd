printf '\211PNG\r\n\032\n\0\0\0\rIHDR' > bad
qiao match bad $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad $TINY/results.tsv --lang en; ls; exit $status
