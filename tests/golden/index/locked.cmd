# A second writer is refused; readers go on.
qiao index store add $TINY/results.tsv --quiet
flock store/LOCK qiao index store publish
flock store/LOCK qiao search store "葡萄园" --tsv
