"""Properties of etl_batch/sniffing."""
