"""Tests of etl_batch/storage."""
