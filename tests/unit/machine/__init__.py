"""Processes of ours: how they start, what they may, what their death is called."""
