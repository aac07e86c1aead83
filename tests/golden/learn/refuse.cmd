try() { qiao learn "$@"; echo $?; }
try
try $SAMPLES/decisions.csv $SAMPLES/needs.tsv
try --show --reset
try --show x
try nowhere.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv --quiet
try $SAMPLES/needs.tsv $SAMPLES/needs.tsv $SAMPLES/results.tsv --quiet
head -n 5 $SAMPLES/decisions.csv >few.csv
try few.csv $SAMPLES/needs.tsv $SAMPLES/results.tsv --quiet
