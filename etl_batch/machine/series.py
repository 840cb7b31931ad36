"""Points over time in bounded memory: when there are too many, every two become one. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from etl_batch.values import ProfilePoint

MOST_POINTS = 300  #: more than a chart shows, and less than the metadata minds


def halved(points: Sequence[ProfilePoint]) -> list[ProfilePoint]:
    """Half as many points: of each two in a row the mean rates and the greater memory; an odd last one stays."""
    pairs = [joined(one, other) for one, other in zip(points[::2], points[1::2], strict=False)]
    return pairs + list(points[len(pairs) * 2 :])


def joined(one: ProfilePoint, other: ProfilePoint) -> ProfilePoint:
    """Two points in a row as one, at the time of the later."""
    return ProfilePoint(
        seconds=other.seconds,
        # A core that came or went meanwhile has but one reading.
        cpu_percent=tuple(_mean(pair) or 0.0 for pair in zip_longest(one.cpu_percent, other.cpu_percent)),
        rss_bytes=max(one.rss_bytes, other.rss_bytes),
        read_mb_s=_mean((one.read_mb_s, other.read_mb_s)) or 0.0,
        write_mb_s=_mean((one.write_mb_s, other.write_mb_s)) or 0.0,
        gpu_percent=_mean((one.gpu_percent, other.gpu_percent)),
        gpu_memory_bytes=max(
            (m for m in (one.gpu_memory_bytes, other.gpu_memory_bytes) if m is not None), default=None
        ),
    )


def _mean(pair: Sequence[float | None]) -> float | None:
    """The mean of what is there, to the digits that a point keeps."""
    there = [value for value in pair if value is not None and math.isfinite(value)]
    return round(sum(there) / len(there), 3) if there else None
