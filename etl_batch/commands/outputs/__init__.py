"""The commands about outputs and their old versions: one file for each."""
