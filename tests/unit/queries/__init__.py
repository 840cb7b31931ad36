"""Tests of what is asked of an output."""
