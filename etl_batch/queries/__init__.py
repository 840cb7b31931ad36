"""Rows of an output: looked at by typed conditions, or asked in SQL by a process that reaches nothing else."""
