"""Tests of etl_batch/options."""
