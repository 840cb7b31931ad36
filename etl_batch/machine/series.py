"""Points over time in bounded memory: when there are too many, every two become one. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from etl_batch.values import ProfilePoint

MOST_POINTS = 300  #: more than a chart shows, and less than the metadata minds


def halved(points: Sequence[ProfilePoint]) -> list[ProfilePoint]:
    """Half as many points: of each two in a row the mean rates and the greater memory; an odd last one stays."""
    pairs = [joined(point, next_point) for point, next_point in zip(points[::2], points[1::2], strict=False)]
    return pairs + list(points[len(pairs) * 2 :])


def joined(point: ProfilePoint, next_point: ProfilePoint) -> ProfilePoint:
    """Two points in a row as one, at the time of the later."""
    return ProfilePoint(
        seconds=next_point.seconds,
        # A core that came or went meanwhile has but one reading.
        cpu_percent=tuple(_mean(pair) or 0.0 for pair in zip_longest(point.cpu_percent, next_point.cpu_percent)),
        rss_bytes=max(point.rss_bytes, next_point.rss_bytes),
        read_mb_s=_mean((point.read_mb_s, next_point.read_mb_s)) or 0.0,
        write_mb_s=_mean((point.write_mb_s, next_point.write_mb_s)) or 0.0,
        gpu_percent=_mean((point.gpu_percent, next_point.gpu_percent)),
        gpu_memory_bytes=max(
            (m for m in (point.gpu_memory_bytes, next_point.gpu_memory_bytes) if m is not None), default=None
        ),
    )


def _mean(pair: Sequence[float | None]) -> float | None:
    """The mean of what is there, to the digits that a point keeps."""
    there = [value for value in pair if value is not None and math.isfinite(value)]
    return round(sum(there) / len(there), 3) if there else None
