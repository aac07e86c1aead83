# The same input gives the same bytes, on any number of threads.
qiao match $SAMPLES/needs.xlsx $SAMPLES/results.xlsx -o one.xlsx --experts --quiet --threads 1
qiao match $SAMPLES/needs.xlsx $SAMPLES/results.xlsx -o two.xlsx --experts --quiet --threads 4
cmp one.xlsx two.xlsx && echo same
