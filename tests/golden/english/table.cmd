# Reasons quote the submission's wording, endings may differ; what does not fit is not called credible.
qiao match ../english/submissions.tsv ../english/papers.tsv --lang en | head -n 24
