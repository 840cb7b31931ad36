"""Tests of what stands before a job."""
