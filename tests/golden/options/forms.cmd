# The same by every way of writing it; "--" ends the options.
cp $TINY/needs.tsv ./-needs.tsv
for form in '-k1' '-k 1' '-k=1'; do qiao match $TINY/needs.tsv $form $TINY/results.tsv --tsv | cksum; done
qiao match --tsv -k 1 -- -needs.tsv $TINY/results.tsv | cksum
