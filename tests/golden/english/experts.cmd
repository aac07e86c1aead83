# Ten submissions in fields that share words (networks, cells, policies, cracks), each called by the
# reviewer it needs; endings, hyphens and spellings differ from those of the reviewers' papers.
qiao match ../english/submissions.tsv ../english/papers.tsv --experts --tsv -k 1
