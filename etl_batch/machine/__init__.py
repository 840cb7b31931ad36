"""Processes of ours, and what the machine does: starting, shutting in, deaths, readings."""
