"""The engine: binary records, CSV, Parquet and Arrow in; CSV that is safe to open, and Parquet, out."""
