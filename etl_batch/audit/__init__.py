"""The audit log: who did what, one line each, in which tampering shows."""
