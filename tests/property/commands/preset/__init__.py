"""Properties of etl_batch/commands/preset."""
