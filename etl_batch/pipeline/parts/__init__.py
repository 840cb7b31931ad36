"""Folders of parts: what lies in them, their shares, and how shares are put together."""
