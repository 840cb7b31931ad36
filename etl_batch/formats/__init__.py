"""The contract of a format, the registry of formats, and a folder for each."""
