"""Saved readings: their files, and the commands about them, one file for each."""
