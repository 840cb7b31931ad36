"""The engine: binary records, CSV and Parquet in; CSV that is safe to open, and Parquet, out."""
