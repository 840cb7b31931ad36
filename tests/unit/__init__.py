"""Tests of one part each, by example."""
