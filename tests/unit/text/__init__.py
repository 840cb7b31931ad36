"""Tests of etl_batch/text."""
