"""Properties of etl_batch/audit."""
