# An index whose first file is English goes by stems, without function words, as qiao match does.
qiao index store add ../english/papers.tsv --lang en
qiao search store "a classifier of images that was pruned" -k 3 --lang en
qiao search store "the and of" --lang en
qiao search store "power grids" --json -k 1
