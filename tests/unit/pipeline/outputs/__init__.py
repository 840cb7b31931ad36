"""Tests of etl_batch/pipeline/outputs."""
