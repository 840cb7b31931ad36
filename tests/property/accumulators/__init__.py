"""Tests of etl_batch/sampling."""
