"""Tests of etl_batch/formats/binary."""
