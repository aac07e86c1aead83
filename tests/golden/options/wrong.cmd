try() { qiao "$@"; echo "$?"; }
try match --expert a b
try match --frobnicate a b
try match -x a b
try match -experts a b
try match a b --threads
try match a b --explain Q1
try match a b --json=1
try match a b -k 0
try match a b -k 3.5
try match a b --min-score 101
try match a b --lang fr
try match a
try match a b c
try match --json --tsv a b
try match --explain Q1 P1 --tsv a b
try match - -
try mathc a b
try frobnicate
try help nothing
try -k 5 match a b
try --lang en mathc
