"""Tests of etl_batch/errors."""
