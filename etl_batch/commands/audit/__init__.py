"""The commands of the audit log: one file for each."""
