"""Properties of etl_batch/formats/framed."""
