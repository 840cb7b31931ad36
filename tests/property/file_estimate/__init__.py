"""Properties of etl_batch/file_estimate."""
