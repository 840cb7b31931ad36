"""What a job may be told: each option once, beside the flag that sets it."""
