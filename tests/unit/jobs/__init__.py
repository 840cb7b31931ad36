"""Tests of `etl_batch.jobs`, one file for each module."""
