{ printf '名称'; head -c 1000000 /dev/zero | tr '\0' ,; echo; } > bad
qiao match bad $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad $TINY/results.tsv --lang en; ls; exit $status
