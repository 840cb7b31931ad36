"""Which of several types each of many records is, and whose children they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import Stretch, holds
from etl_batch.layouts.layout import Field, RecordType
from etl_batch.layouts.record_types import ancestors
from etl_batch.light_dataclass import dataclass

UNKNOWN = -1
OF_NO_TYPE = "it is of none of the types of records that are known"
NOWHERE = -1  #: of a record that there is none of
Kinds = npt.NDArray[np.int16]  # shape (rows,): places among the types; UNKNOWN: no type's condition holds
Numbers = npt.NDArray[np.int64]  # shape (rows,): of records within the file, from 0


def kinds_of(types: Sequence[RecordType], records: Records, stretch: Stretch) -> Kinds:
    """Of each record which type it is: the first of those at an end of the file, then of all, whose condition holds."""
    found = np.full(records.rows, UNKNOWN, np.int16)
    fields: dict[str, Field] = {}
    for kind in types:
        for field in kind.layout.fields:
            fields.setdefault(field.name, field)
    for number in sorted(range(len(types)), key=lambda number: types[number].end is None):
        kind = types[number]
        own = fields | {field.name: field for field in kind.layout.fields}
        left = found == UNKNOWN
        if not left.any():
            break
        found[left & holds(kind.when, own, records, stretch)] = number
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """The last record of each type before a place in the file, by its number; NOWHERE: there is none."""

    last: tuple[int, ...]

    def behind(self, kinds: Kinds, first: int) -> Holding:
        """Behind some records more, of which the first has this number."""
        after = list(self.last)
        for number in range(len(after)):
            places = np.flatnonzero(kinds == number)
            if len(places):
                after[number] = first + int(places[-1])
        return Holding(tuple(after))


def parents_of(kind: int, types: tuple[RecordType, ...], kinds: Kinds, first: int, before: Holding) -> list[Numbers]:
    """Of each record of a type, those above it: its parent, the parent of that, and so on.

    A record is the parent of all that follow it, until the next of its type, or one that is above it.

    Args:
        kind: which type.
        types: all of them.
        kinds: of the records.
        first: the number of the first of them.
        before: which records hold there.

    Returns:
        For each type above it, the number of the record; NOWHERE: there is none.
    """
    names = [one.name for one in types]
    above = [names.index(one.name) for one in ancestors(types[kind], types)]
    own = np.flatnonzero(kinds == kind)
    lasts = {number: _last_before(number, kinds, first, before)[own] for number in above}
    found: list[Numbers] = []
    for place, number in enumerate(above):
        last = lasts[number].copy()
        for higher in above[place + 1 :]:
            last[lasts[higher] > last] = NOWHERE
        found.append(last)
    return found


def _last_before(number: int, kinds: Kinds, first: int, before: Holding) -> Numbers:
    """Of each record, the last of a type before it."""
    places = np.where(kinds == number, np.arange(first, first + len(kinds)), NOWHERE)
    shifted = np.concatenate([np.array([before.last[number]], np.int64), places[:-1]])[: len(kinds)]
    return np.maximum.accumulate(shifted)
