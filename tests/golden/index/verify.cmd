# A flipped byte is found, file and region are named.
qiao index store add $TINY/results.tsv --quiet
qiao index store verify
f=$(ls store/*.fwd)
size=$(wc -c < $f)
at=$((size / 2))
byte=$(od -An -tu1 -j $at -N 1 $f | tr -d ' ')
printf "\\$(printf %o $((255 - byte)))" | dd of=$f bs=1 seek=$at conv=notrunc 2>/dev/null
qiao index store verify
