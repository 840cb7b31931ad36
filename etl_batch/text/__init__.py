"""What text may hold: encodings, bounds of documents, how values are shown and options are given."""
