"""Who is at the door: accounts, sessions, roles."""
