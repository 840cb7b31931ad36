"""Properties of etl_batch/estimate."""
