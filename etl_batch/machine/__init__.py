"""Processes of ours: how they are started, what they may, and what their death is called."""
