"""Properties of etl_batch/formats/arrow."""
