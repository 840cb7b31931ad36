"""The full profile of rows, cut and merged in any way, is that of all at once; and counts as Python does."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.accumulators.column_profile import KnownColumns
from etl_batch.accumulators.full_profile import FullProfile, KnownValues
from etl_batch.formats.counted_values import counted
from etl_batch.formats.noted_facts import ColumnNotes
from etl_batch.formats.value_facts import ValueFacts, registers_of
from etl_batch.kernels.columns import Column, Kind
from tests.helpers.chance import chance, examples
from tests.helpers.kernel_calls import dense, fixed_texts, texts

PROFILE = FullProfile(("number", "text", "day"))
Row = tuple[float, str, int]
_rows = st.lists(
    st.tuples(st.sampled_from([0.0, -0.0, 1.5, -2.0, math.inf, math.nan]) | st.floats(width=32),
              st.sampled_from(["", "a", "b", "longer than eight", "é"]), st.integers(-800, 800)),
    max_size=25,
)  # fmt: skip


def columns_of(rows: list[Row]) -> list[Column]:
    numbers, words, days = zip(*rows, strict=True)
    return [dense(Kind.F64, np.array(numbers)), texts(list(words)), dense(Kind.DATE, np.array(days, np.int32))]


def values_of(column: Column, rows: int) -> list[ValueFacts]:
    return counted([column], rows, ColumnNotes([column]).facts(rows))


def known(rows: list[Row]) -> KnownValues:
    """What a worker would say of these rows."""
    if not rows:
        return PROFILE.begin()
    columns = columns_of(rows)
    facts = ColumnNotes(columns).facts(len(rows))
    return KnownValues(KnownColumns(PROFILE.names, len(rows), facts), counted(columns, len(rows), facts))


def merged(parts: list[KnownValues]) -> KnownValues:
    so_far = PROFILE.begin()
    for part in parts:
        so_far.merge(PROFILE.unpack(part.pack()))
    return so_far


@settings(max_examples=examples(100))
@given(st.lists(_rows, max_size=4), st.randoms())
def test_cuts_and_orders_do_not_matter(parts: list[list[Row]], order: Random) -> None:
    whole = known([row for part in parts for row in part])
    found = merged([known(part) for part in parts])
    shuffled = list(parts)
    order.shuffle(shuffled)
    assert found.pack() == merged([known(part) for part in shuffled]).pack() == merged([whole]).pack()
    assert found.finish() == whole.finish()


@settings(max_examples=examples(100))
@given(_rows.filter(bool))
@example([(0.0, "a", 0), (-0.0, "a", -1)])
def test_values_are_counted_by_what_they_are(rows: list[Row]) -> None:
    number, text, day = known(rows).values
    expected = Counter("NaN" if math.isnan(value) else value + 0.0 for value, _, _ in rows)
    assert _counts(number) == {str(value): count for value, count in expected.items()}
    assert _counts(text) == {str(word.encode()): count for word, count in Counter(row[1] for row in rows).items()}
    assert day.bins == Counter(row[2] for row in rows)
    assert [one.registers for one in (number, text, day)] == [
        registers_of(one.counts or ()) for one in (number, text, day)
    ]


def _counts(values: ValueFacts) -> dict[str, int]:
    assert values.counts is not None
    return {str(value).replace("nan", "NaN"): count for count, value in values.counts.values()}


@settings(max_examples=examples(100))
@given(st.lists(st.integers(-(2**62), 2**62) | st.integers(-200_000, 200_000), min_size=1, max_size=30))
@example([-86_400, -86_399, -1, 0, 86_399, 86_400])
def test_times_are_counted_by_their_days(times: list[int]) -> None:
    near = [time if abs(time) < 10**9 else time % 10**9 for time in times]
    (found,) = values_of(dense(Kind.TIMESTAMP, np.array(near), extra=1), len(near))
    assert found.bins == Counter(time // 86_400 for time in near)
    assert len(found.counts or ()) == len(set(near))


@settings(max_examples=examples(100))
@given(
    st.lists(st.sampled_from([b"", b"a", b"sixteen letters.", b"sixteen letters.x", b"sixteen letters.and then y"]),
             min_size=1, max_size=300),
    st.sampled_from([26, 32, 40, 64, 70]), st.booleans(),
)  # fmt: skip
def test_padded_texts_are_counted_to_their_ends(words: list[bytes], width: int, blanks: bool) -> None:
    column = fixed_texts([word.ljust(width, b" " if blanks else b"\0") for word in words])
    (found,) = values_of(column, len(words))
    assert _counts(found) == {str(word): count for word, count in Counter(words).items()}


def test_more_rows_than_are_counted_together() -> None:
    """Of all columns a strip of rows after the other, and more columns than there is room for at once."""
    numbers = np.arange(10_000) % 700
    columns = [dense(Kind.I64, np.ascontiguousarray(numbers // (1 + place))) for place in range(20)]
    found = counted(columns, len(numbers), ColumnNotes(columns).facts(len(numbers)))
    for place, values in enumerate(found):
        expected = Counter((numbers // (1 + place)).tolist())
        assert _counts(values) == {str(value): count for value, count in expected.items()}


def test_whether_there_are_too_many_is_decided_together() -> None:
    """Half of the parts have few values, and only together there are more than are counted."""
    first = known([(float(value), "", 0) for value in range(700)])
    second = known([(float(value), "", 0) for value in range(400, 1100)])
    both = merged([first, second])
    assert both.values[0].counts is None
    assert both.values[0].distinct == pytest.approx(1100, rel=0.02)
    few = merged([first, known([(float(value), "", 0) for value in range(400, 1024)])])
    assert few.values[0].distinct == 1024


@pytest.mark.parametrize("many", [5_000, 60_000, 200_000])
def test_many_different_values_are_told_within_two_percent(many: int) -> None:
    values = np.array([chance("distinct").random() * value for value in range(many)])
    (found,) = values_of(dense(Kind.F64, values), many)
    assert found.counts is None
    assert found.distinct == pytest.approx(len(set(values.tolist())), rel=0.02)


def test_padding_and_kinds_do_not_change_a_value() -> None:
    narrow = dense(Kind.I32, np.array([-5, 7], np.int32))
    wide = dense(Kind.I64, np.array([-5, 7]))
    both = values_of(narrow, 2) + values_of(wide, 2)
    assert both[0].counts == both[1].counts
    padded = fixed_texts([b"ab   ", b"ab   "])
    plain = texts(["ab", "ab"])
    alike = values_of(padded, 2) + values_of(plain, 2)
    assert alike[0].counts == alike[1].counts
