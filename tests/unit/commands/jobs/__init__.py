"""Tests of etl_batch/commands/jobs."""
