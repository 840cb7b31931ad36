"""Totals of strata, added up in any order: always those of all rows, and the same strata kept apart."""

from __future__ import annotations

from collections import Counter
from functools import reduce

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.estimate.exact_sums import Sums, Unit
from etl_batch.estimate.stratum_names import OTHER_KEY
from etl_batch.sampling.strata_totals import StrataTotals, as_arrays, from_arrays, no_totals, united
from tests.helpers.chance import examples

Part = dict[int, list[int]]  # the values of the rows of each stratum, by the stratum's key

KEYS = st.integers(1, 12) | st.integers(1, 2**64 - 2)
PARTS = st.lists(
    st.dictionaries(KEYS, st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=3), max_size=6), max_size=5
)


def totals_of(part: Part) -> StrataTotals:
    keys = sorted(part)
    names = np.empty(len(keys), dtype=np.object_)
    names[:] = [f"stratum {key}".encode() for key in keys]
    limbs = np.array([sum(part[key]) for key in keys], dtype=np.int64).reshape(-1, 1)
    most = np.array([max(part[key]) for key in keys], dtype=np.float64)
    sums = Sums(Unit(), 0, limbs, most, np.zeros(len(keys), dtype=np.int64))
    rows = np.array([len(part[key]) for key in keys], dtype=np.int64)
    return StrataTotals(np.array(keys, dtype=np.uint64), names, rows, (sums,))


def as_plain(totals: StrataTotals) -> dict[int, tuple[str, int, float | None, float]]:
    """Of each key: name, rows, sum, largest value."""
    sums = totals.sums[0]
    columns = (totals.texts(), totals.rows.tolist(), sums.totals(), sums.most.tolist())
    return dict(zip(totals.keys.tolist(), zip(*columns, strict=True), strict=True))


def expected(parts: list[Part], most: int) -> dict[int, tuple[str, int, float, float]]:
    rows: Counter[int] = Counter()
    values: dict[int, list[int]] = {}
    kept = sorted({key for part in parts for key in part})[:most]
    for part in parts:
        for key, its in part.items():
            place = key if key in kept else int(OTHER_KEY)
            rows[place] += len(its)
            values.setdefault(place, []).extend(its)
    names = {int(OTHER_KEY): "(other)"}
    return {
        key: (names.get(key, f"stratum {key}"), rows[key], float(sum(values[key])), float(max(values[key])))
        for key in rows
    }


@settings(max_examples=examples(200))
@given(PARTS, st.integers(1, 8), st.randoms())
def test_parts_come_to_the_same_in_any_order(parts: list[Part], most: int, chance: object) -> None:
    """Each part is limited by itself, as workers do; a stratum that is kept in the end has all its rows."""
    all_rows = expected(parts, most)
    for _ in range(2):
        found = reduce(lambda one, two: one.merged(two, most), map(totals_of, parts), no_totals((Unit(),)))
        assert as_plain(found) == all_rows
        chance.shuffle(parts)  # type: ignore[attr-defined]


@settings(max_examples=examples(200))
@given(PARTS.filter(len), st.integers(1, 8))
def test_rows_of_strata_that_are_not_kept_apart_belong_to_other(parts: list[Part], most: int) -> None:
    totals = totals_of(parts[0]).limited(most)
    keys = sorted(parts[0])
    places = totals.places_of(np.array(keys, dtype=np.uint64)).tolist()
    assert totals.has_other == (len(keys) > most)
    assert places == [min(place, most) for place in range(len(keys))]


@given(st.sets(KEYS), st.sets(KEYS))
@example(set(), set())
def test_united_keys_ascend_and_are_all_there(one: set[int], two: set[int]) -> None:
    found = united(*(np.array(sorted(keys), dtype=np.uint64) for keys in (one, two)))
    assert found.tolist() == sorted(one | two)


@given(PARTS.filter(len))
def test_they_travel_as_arrays(parts: list[Part]) -> None:
    totals = totals_of(parts[0])
    back = from_arrays(*as_arrays(totals))
    assert as_plain(back) == as_plain(totals)
    assert back.names.tolist() == totals.names.tolist()
