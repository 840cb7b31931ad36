"""Points over time, halved: as long as before, the greatest memory kept, rates between those they were made of."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.machine.series import halved, joined
from etl_batch.values import ProfilePoint

RATES = st.floats(0, 1e6)
POINTS = st.builds(
    ProfilePoint,
    seconds=st.floats(0, 1e5),
    cpu_percent=st.lists(st.floats(0, 100), min_size=1, max_size=4).map(tuple),
    rss_bytes=st.integers(0, 2**40),
    read_mb_s=RATES,
    write_mb_s=RATES,
    gpu_percent=st.none() | st.floats(0, 100),
    gpu_memory_bytes=st.none() | st.integers(0, 2**40),
)


def point(**known: Any) -> ProfilePoint:  # noqa: ANN401 - of the point's fields
    usual: dict[str, Any] = {"seconds": 0.0, "cpu_percent": (), "rss_bytes": 0, "read_mb_s": 0.0, "write_mb_s": 0.0}
    return ProfilePoint(**usual | known)


@given(st.lists(POINTS, max_size=9))
def test_half_as_many_and_nothing_lost_at_the_end(points: list[ProfilePoint]) -> None:
    found = halved(points)
    assert len(found) == math.ceil(len(points) / 2)
    assert [one.seconds for one in found[-1:]] == [one.seconds for one in points[-1:]]
    assert max((one.rss_bytes for one in found), default=0) == max((one.rss_bytes for one in points), default=0)


@given(POINTS, POINTS)
def test_two_in_a_row(one: ProfilePoint, other: ProfilePoint) -> None:
    found = joined(one, other)
    assert found.seconds == other.seconds
    low, high = sorted((one.read_mb_s, other.read_mb_s))
    assert low - 0.001 <= found.read_mb_s <= high + 0.001
    assert len(found.cpu_percent) == max(len(one.cpu_percent), len(other.cpu_percent))
    known = [point.gpu_percent for point in (one, other) if point.gpu_percent is not None]
    assert (found.gpu_percent is None) == (not known)
    assert found.gpu_memory_bytes in {one.gpu_memory_bytes, other.gpu_memory_bytes}


def test_by_hand() -> None:
    """A core that came meanwhile has but one reading, and a rate that is not known is left out of the mean."""
    one = point(seconds=1.0, cpu_percent=(10.0,), rss_bytes=5, read_mb_s=2.0, gpu_memory_bytes=7)
    other = point(seconds=2.0, cpu_percent=(30.0, 50.0), rss_bytes=3, read_mb_s=4.0, write_mb_s=1.0, gpu_percent=80.0)
    assert joined(one, other) == point(
        seconds=2.0,
        cpu_percent=(20.0, 50.0),
        rss_bytes=5,
        read_mb_s=3.0,
        write_mb_s=0.5,
        gpu_percent=80.0,
        gpu_memory_bytes=7,
    )
    assert joined(one, point(read_mb_s=math.nan)).read_mb_s == 2.0
