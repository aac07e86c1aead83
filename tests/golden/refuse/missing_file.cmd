qiao match bad $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad $TINY/results.tsv --lang en; ls; exit $status
