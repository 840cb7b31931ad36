"""Tests of etl_batch/file_estimate."""
