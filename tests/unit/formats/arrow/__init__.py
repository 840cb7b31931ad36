"""Tests of etl_batch/formats/csv."""
