"""Parts of a profile merge in any order, in any grouping, and through their bytes, to the same."""

from __future__ import annotations

from functools import reduce
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.accumulators.column_profile import ColumnProfile, KnownColumns
from tests.helpers import twins_facts
from tests.helpers.chance import examples

PROFILE = ColumnProfile(("cell", "number", "text"))
_cells = st.sampled_from([b"1", b"-2", b"2.5", b"a", b"9223372036854775808", b"NaN", None])


@st.composite
def _rows(draw: st.DrawFn) -> list[tuple[bytes | None, float | None, bytes | None]]:
    number = st.none() | st.floats(allow_nan=True)
    return draw(st.lists(st.tuples(_cells, number, st.none() | st.binary(max_size=3)), max_size=8))


def known(rows: list[tuple[bytes | None, float | None, bytes | None]]) -> KnownColumns:
    """What a worker would say of these rows."""
    if not rows:
        return PROFILE.begin()
    cells, numbers, texts = (list(column) for column in zip(*rows, strict=True))
    columns = [
        twins_facts.of_cells(cells, [False] * len(cells)),
        twins_facts.of_numbers("f64", numbers),
        twins_facts.of_texts("bytes", texts, characters=False),
    ]
    return KnownColumns(PROFILE.names, len(rows), columns)


def merged(parts: list[KnownColumns]) -> KnownColumns:
    """Through their bytes, as they travel."""

    def both(one: KnownColumns, other: KnownColumns) -> KnownColumns:
        one.merge(other)
        return one

    return reduce(both, (PROFILE.unpack(part.pack()) for part in parts), PROFILE.begin())


@settings(max_examples=examples(300))
@given(st.lists(_rows(), max_size=5), st.randoms())
def test_cuts_and_orders_do_not_matter(
    parts: list[list[tuple[bytes | None, float | None, bytes | None]]], chance: Random
) -> None:
    whole = known([row for part in parts for row in part])
    found = merged([known(part) for part in parts])
    shuffled = [known(part) for part in parts]
    chance.shuffle(shuffled)
    grouped = merged([merged(shuffled[:2]), merged(shuffled[2:])])
    assert found.finish() == whole.finish() == merged(shuffled).finish() == grouped.finish()
    assert found.pack() == grouped.pack() == merged([whole]).pack()
