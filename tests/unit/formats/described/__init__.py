"""What describes records: found, read, completed by their bytes."""
