"""Tests of etl_batch/formats/units."""
