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
from etl_batch.formats.value_facts import ValueFacts
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


def known(rows: list[Row]) -> KnownValues:
    """What a worker would say of these rows."""
    if not rows:
        return PROFILE.begin()
    columns = columns_of(rows)
    facts = ColumnNotes(columns).facts(len(rows))
    values = [counted(column, len(rows), its) for column, its in zip(columns, facts, strict=True)]
    return KnownValues(KnownColumns(PROFILE.names, len(rows), facts), values)


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


def _counts(values: ValueFacts) -> dict[str, int]:
    assert values.counts is not None
    return {str(value).replace("nan", "NaN"): count for count, value in values.counts.values()}


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
    (facts,) = ColumnNotes([dense(Kind.F64, values)]).facts(many)
    found = counted(dense(Kind.F64, values), many, facts)
    assert found.counts is None
    assert found.distinct == pytest.approx(len(set(values.tolist())), rel=0.02)


def test_padding_and_kinds_do_not_change_a_value() -> None:
    narrow = dense(Kind.I32, np.array([-5, 7], np.int32))
    wide = dense(Kind.I64, np.array([-5, 7]))
    both = [counted(one, 2, *ColumnNotes([one]).facts(2)) for one in (narrow, wide)]
    assert both[0].counts == both[1].counts
    padded = fixed_texts([b"ab   ", b"ab   "])
    plain = texts(["ab", "ab"])
    alike = [counted(one, 2, *ColumnNotes([one]).facts(2)) for one in (padded, plain)]
    assert alike[0].counts == alike[1].counts
