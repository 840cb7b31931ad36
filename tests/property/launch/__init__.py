"""Properties of etl_batch/launch."""
