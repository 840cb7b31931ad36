"""Properties of etl_batch/report."""
