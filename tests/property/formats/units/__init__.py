"""Properties of etl_batch/formats/units."""
