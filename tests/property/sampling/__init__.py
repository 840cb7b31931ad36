"""Properties of etl_batch/sampling."""
