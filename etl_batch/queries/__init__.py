"""An output asked in SQL, by a process that reaches nothing else."""
