"""What text may hold: encodings, bounds of documents, and how values are shown."""
