"""The compiled loops: they work on addresses, and each has a slow, obvious twin in the tests."""
