"""What the machine does while a job runs: its own processes, the GPU, the points over time."""
