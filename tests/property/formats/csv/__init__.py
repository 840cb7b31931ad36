"""Properties of etl_batch/formats/csv."""
