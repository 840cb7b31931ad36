"""Tests of etl_batch/kernels."""
