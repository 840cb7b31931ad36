"""Jobs that outlive whoever started them: their states, a store, a process for each job, limits."""
