"""Properties of etl_batch/formats/parquet."""
