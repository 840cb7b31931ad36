"""Properties of etl_batch/machine."""
