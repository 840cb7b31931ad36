"""Tests of etl_batch/pipeline/parts."""
