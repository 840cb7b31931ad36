"""Whole jobs, as a user starts them."""
