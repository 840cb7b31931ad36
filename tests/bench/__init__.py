"""Benchmarks: measured side by side, printed, never asserted."""
