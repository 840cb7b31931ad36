"""Tests of etl_batch/sniffing."""
