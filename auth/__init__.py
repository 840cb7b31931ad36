"""Who is there: accounts, sessions, roles, and the gate before every page."""
