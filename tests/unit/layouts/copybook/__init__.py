"""Tests of etl_batch/layouts/copybook."""
