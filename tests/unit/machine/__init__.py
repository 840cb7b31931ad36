"""Processes of ours: what they may."""
