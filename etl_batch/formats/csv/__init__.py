"""CSV: every row checked, then rewritten as text or read as typed columns."""
