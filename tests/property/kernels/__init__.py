"""Properties of etl_batch/kernels."""
