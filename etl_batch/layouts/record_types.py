"""Several types of records in one file: which become rows, and whose children they are."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.layouts.conditions import AtEnd, Condition, End
from etl_batch.layouts.layout import RecordType


def end_of(when: Condition) -> End | None:
    """Which end of the file a record stands at, by a condition that holds nowhere else; None: it may be any record."""
    ends = [{term.end for term in terms if isinstance(term, AtEnd) and term.is_so} for terms in when.any_of]
    return next((end for end in End if all(its == {end} for its in ends)), None)


def rows_among(types: Sequence[RecordType]) -> tuple[RecordType, ...]:
    """Those whose records become rows: a table each."""
    return tuple(one for one in types if one.end is None)


def ancestors(one: RecordType, types: Sequence[RecordType]) -> tuple[RecordType, ...]:
    """Its parent, the parent of that, and so on."""
    by_name = {other.name: other for other in types}
    found: list[RecordType] = []
    while (parent := (found[-1] if found else one).parent) is not None:
        found.append(by_name[parent])
    return tuple(found)
