"""Property tests of etl_batch/layouts/copybook."""
