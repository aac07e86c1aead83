{ printf '\320\317\021\340\241\261\032\341'; head -c 600 /dev/zero; printf 'EncryptedPackage' | iconv -t UTF-16LE; head -c 600 /dev/zero; } > bad.xlsx
qiao match bad.xlsx $TINY/results.tsv -o out.xlsx; status=$?; qiao match bad.xlsx $TINY/results.tsv --lang en; ls; exit $status
