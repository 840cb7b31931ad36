"""Tests of etl_batch/commands/preset."""
