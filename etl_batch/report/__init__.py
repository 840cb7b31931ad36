"""A result as one page of HTML. No I/O."""
