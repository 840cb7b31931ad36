"""Tests of etl_batch/report."""
