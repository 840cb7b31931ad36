"""Properties of etl_batch/layouts."""
