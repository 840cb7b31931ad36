"""The faults, one file for each area. A row is a mistake that would matter, and the quickest tests that see it."""
