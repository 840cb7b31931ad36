"""The pages that show results: reports, estimates, the machine, science, the audit log."""
