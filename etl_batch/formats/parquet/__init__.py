"""Parquet: read by row groups, written by row groups whose footers are joined."""
