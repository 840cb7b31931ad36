"""Which type each record is, and which stand above it, beside what a plain walk from record to record finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.equal_records import EqualRecords
from etl_batch.formats.binary.record_kinds import NOWHERE, UNKNOWN, kinds_of, lasts_behind, parents_of
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.reading import parse_layout
from tests.data_makers.record_types import ENDS, LAYOUT, line, note, order

TYPES = parse_layout(LAYOUT.replace("when = \"TYPE = '09'\"", 'when = "TYPE = \'09\'"\nparent = "LINE"'), "x").records
ORDER, LINE, NOTE = range(3)


def _plainly(kinds: list[int], kind: int) -> list[list[int]]:
    """For each type above one, of each of its records the one that holds."""
    above = {ORDER: [], LINE: [ORDER], NOTE: [LINE, ORDER]}[kind]
    below = {ORDER: [LINE, NOTE], LINE: [NOTE], NOTE: []}
    holding: dict[int, int] = {}
    found: list[list[int]] = [[] for _ in above]
    for number, its in enumerate(kinds):
        if its == kind:
            for place, one in enumerate(above):
                found[place].append(holding.get(one, NOWHERE))
        if its != UNKNOWN:
            holding[its] = number
            for lower in below[its]:
                holding.pop(lower, None)
    return found


@given(
    st.lists(st.sampled_from([ORDER, LINE, NOTE, UNKNOWN]), max_size=40),
    st.integers(0, 40),
    st.sampled_from([LINE, NOTE]),
)
def test_a_record_has_the_last_before_it_as_its_parent_unless_one_above_came_since(
    kinds: list[int], percent: int, kind: int
) -> None:
    """Wherever the file is cut into spans."""
    cut = len(kinds) * percent // 100
    before, found = (NOWHERE,) * len(TYPES), [[] for _ in _plainly([], kind)]  # type: ignore[var-annotated]
    for first, part in ((0, kinds[:cut]), (cut, kinds[cut:])):
        array = np.array(part, np.int16)
        for all_of_it, its in zip(found, parents_of(kind, TYPES, array, first, before), strict=True):
            all_of_it.extend(its.tolist())
        before = lasts_behind(before, array, first)
    assert found == _plainly(kinds, kind)


def test_the_first_condition_that_holds_says_what_a_record_is_and_ends_come_first() -> None:
    types = parse_layout(LAYOUT + ENDS, "x").records
    content = order(1) + line(1, 1) + note("x") + b"77".ljust(24) + order(2)
    records = EqualRecords(Records(np.frombuffer(content, np.uint8).reshape(-1, 24)), 0)
    assert kinds_of(types, records, 0, 5).kinds.tolist() == [3, 1, 2, UNKNOWN, 4]
    assert kinds_of(types, records, 7, 50).kinds.tolist() == [0, 1, 2, UNKNOWN, 0]
    assert kinds_of(types, records, 0, 0).kinds.tolist() == [3, 1, 2, UNKNOWN, 0], "the file ends within a record"
