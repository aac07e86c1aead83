for map in title name=x title= title=没有这列; do
    qiao match $TINY/needs.tsv $TINY/results.tsv --map-needs "$map" --tsv; echo $?
done
