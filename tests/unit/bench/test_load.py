"""The load that `make load` puts on a server: what it calls a goal that was missed, and where its users go."""

from __future__ import annotations

import pytest

from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from tests.bench.load import Watched, missed, percentile, places_of

_FLAT = [100, 200, 200, 200, 210, 219]


def test_percentiles_are_values_that_were_seen() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 2.0, 3.0, 3.0]
    assert percentile([float(number) for number in range(100)], 0.95) == 95.0


@pytest.mark.parametrize(
    ("arrived", "seen", "said"),
    [
        ([9.9], Watched([1.9] * 96 + [9.0] * 4, [], _FLAT), []),
        ([10.0], Watched([1.0], [], _FLAT), ["the last to arrive waited 10.0 s"]),
        ([1.0], Watched([1.0] * 94 + [2.0] * 6, [], _FLAT), ["p95 is 2.00 s"]),
        ([1.0], Watched([1.0], ["runs?: gone", "run?: gone"], _FLAT), ["2 errors, the first: runs?: gone"]),
        ([1.0], Watched([1.0], [], [1 << 20, 100 << 20, 100 << 20, 111 << 20]), ["the server grew from 100 to 111"]),
        ([1.0], Watched([1.0], [], _FLAT, hostile=[("E_TIMEOUT", 31.0), ("E_MEMORY", 2.0)]), []),
        (
            [1.0],
            Watched([1.0], [], _FLAT, hostile=[("", 1.0), ("E_TIMEOUT", 31.1)]),
            ["1 hostile questions were answered", "a hostile question was ended after 31.1 s"],
        ),
    ],
)
def test_what_is_missed_is_said(arrived: list[float], seen: Watched, said: list[str]) -> None:
    found = missed(arrived, seen)
    assert len(found) == len(said)
    assert all(one.startswith(beginning) for one, beginning in zip(found, said, strict=True))


def test_users_go_where_their_role_may() -> None:
    for role in (ANALYST, SUPER_ADMIN, AUDITOR):
        places = places_of(role, "j1")
        assert ("launch", "") in places if role == SUPER_ADMIN else ("launch", "") not in places
        assert any(query.startswith("id=j1") for _, query in places) == (role != AUDITOR)
