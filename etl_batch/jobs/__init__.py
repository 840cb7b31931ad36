"""Jobs that outlive whoever started them: a store, a process for each job, limits."""
