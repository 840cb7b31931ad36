"""Moments as texts."""

from __future__ import annotations

from datetime import datetime


def utc_text(moment: datetime) -> str:
    """A moment of UTC as it is written down everywhere: ISO 8601, to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
