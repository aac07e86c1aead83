printf '单价,数量\n1,2\n' > bad
qiao match bad $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad $TINY/results.tsv --lang en; ls; exit $status
