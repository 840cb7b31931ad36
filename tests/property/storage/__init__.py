"""Properties of etl_batch/storage."""
