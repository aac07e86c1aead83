# A row for each reviewer, papers in one cell or one column each; Chinese and English mixed.
printf 'name,papers\n"A. Arden","Pruning convolutional networks; quantised inference"\n"B. Birch","Community detection in social networks"\n' > reviewers.csv
printf 'title\nFilter pruning of neural networks\n' > need.csv
qiao match need.csv reviewers.csv --tsv --experts
printf '{"name":"A. Arden","papers":["Pruning convolutional networks","Quantised inference"]}\n{"name":"B. Birch","papers":["Community detection"]}\n' > reviewers.jsonl
qiao match need.csv reviewers.jsonl --tsv --experts
