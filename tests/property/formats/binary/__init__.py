"""Properties of etl_batch/formats/binary."""
