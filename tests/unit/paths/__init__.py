"""The path sandbox: what is refused, what is opened, and what a race cannot do."""
