"""The command line: one file for each command; flags in, text out."""
