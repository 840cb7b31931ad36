"""Tests of etl_batch/pipeline/runners."""
