"""Planted faults: each is a mistake somebody could make, and names the tests that must see it (`make mutants`)."""
