"""Which of several types each of many records is, and whose children they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.kind_records import KindRecords, Named
from etl_batch.formats.binary.records_that import Stretch, holds
from etl_batch.layouts.layout import RecordType
from etl_batch.layouts.record_types import ancestors
from etl_batch.light_dataclass import dataclass

UNKNOWN = -1
OF_NO_TYPE = "it is of none of the types of records that are known"
NOWHERE = -1  #: of a record that there is none of
Kinds = npt.NDArray[np.int16]  # shape (rows,): places among the types; UNKNOWN: it is of none
Numbers = npt.NDArray[np.int64]  # shape (rows,): of records within the file, from 0


@dataclass(frozen=True, slots=True)
class Sorted:
    """The types of some records."""

    kinds: Kinds
    problems: Mapping[int, str]  #: of those of none, by their places: why; of the others none of the conditions holds
    spoiled: int  #: of those of none, how many stand at an end of the file where another record is meant to be

    def problem(self, place: int) -> str:
        """Why one is of no type."""
        return self.problems.get(place, OF_NO_TYPE)


def kinds_of(types: Sequence[RecordType], every: KindRecords, first: int, count: int) -> Sorted:
    """Of each record which type it is: the first of those at an end of the file, then of all, whose condition holds.

    What stands at an end and is too short for what is meant to be there is of none.

    Args:
        types: all of them.
        every: the records.
        first: the number of the first of them.
        count: records of the file; 0: which is the last is not known.
    """
    found = np.full(every.count, UNKNOWN, np.int16)
    is_record = np.ones(every.count, np.bool_)
    problems = dict(every.problems)
    is_record[list(problems)] = False
    stretch = Stretch(first, count, every.lengths, every.is_padded)
    fields: dict[str, Named] = {}
    for kind in types:
        for name, one in _fields_of(kind).items():
            fields.setdefault(name, one)
    for number in sorted(range(len(types)), key=lambda number: types[number].end is None):
        kind = types[number]
        left = is_record & (found == UNKNOWN)
        if not left.any():
            break
        own = fields | _fields_of(kind)
        records, named = every.compared({name: own[name] for name in kind.when.names})
        found[left & holds(kind.when, named, records, stretch)] = number
    spoiled = 0
    for number, kind in enumerate(types):
        if kind.end is not None and len(places := np.flatnonzero(found == number)):
            for place, reason in every.arranged(places, kind.layout).reasons.items():
                found[places[place]] = UNKNOWN
                problems[int(places[place])] = f"it should be the record {kind.name}: {reason}"
                spoiled += 1
    return Sorted(found, problems, spoiled)


def _fields_of(kind: RecordType) -> dict[str, Named]:
    return {field.name: Named(field, kind.layout) for field in kind.layout.fields}


def lasts_behind(before: Sequence[int], kinds: Kinds, first: int) -> tuple[int, ...]:
    """The number of the last record of each type behind some records more, of which the first has this number."""
    after = list(before)
    for number in range(len(after)):
        places = np.flatnonzero(kinds == number)
        if len(places):
            after[number] = first + int(places[-1])
    return tuple(after)


def parents_of(
    kind: int, types: tuple[RecordType, ...], kinds: Kinds, first: int, before: Sequence[int]
) -> list[Numbers]:
    """Of each record of a type, those above it: its parent, the parent of that, and so on.

    A record is the parent of all that follow it, until the next of its type, or one that is above it.

    Args:
        kind: which type.
        types: all of them.
        kinds: of the records.
        first: the number of the first of them.
        before: of each type, the number of the last record before these.

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


def _last_before(number: int, kinds: Kinds, first: int, before: Sequence[int]) -> Numbers:
    """Of each record, the last of a type before it."""
    places = np.where(kinds == number, np.arange(first, first + len(kinds)), NOWHERE)
    shifted = np.concatenate([np.array([before[number]], np.int64), places[:-1]])[: len(kinds)]
    return np.maximum.accumulate(shifted)
