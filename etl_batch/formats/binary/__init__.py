"""Fixed-length binary records, read by a layout."""
