"""What makes the data of tests: records, CSV files, homes, payloads, golden files."""
