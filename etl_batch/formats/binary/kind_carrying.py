"""What the rows of one type have of records of other types: keys of their parents, fields of a header."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl_batch.formats.binary.arranged import Arranged
from etl_batch.formats.binary.kind_records import KindRecords
from etl_batch.formats.binary.kind_rows import Handed, Held, carried_bytes, handed, handed_fields
from etl_batch.formats.binary.kinds_walk import Before
from etl_batch.formats.binary.record_kinds import NOWHERE, Kinds, Numbers, parents_of
from etl_batch.kernels.columns import Array
from etl_batch.layouts.layout import Carried, Layout, RecordType
from etl_batch.layouts.record_types import ancestors
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class OfKind:
    """The records of one type of a file."""

    types: tuple[RecordType, ...]  #: all of the file's
    kind: int  #: which; UNKNOWN: none
    layout: Layout  #: of its rows
    count: int  #: records of the file; 0: which is the last is not known
    ends: tuple[Held | None, ...]  #: of each type at an end of the file whose fields rows carry, its record


@dataclass(frozen=True, slots=True)
class Carrying:
    """A span whose rows carry what stands elsewhere."""

    of: OfKind
    every: KindRecords
    first: int  #: the number of its first record
    kinds: Kinds  #: of its records
    before: Before  #: which records hold where it begins

    def with_carried(self, laid: Arranged) -> tuple[Array, dict[int, str]]:
        """Records of the type with what they carry behind them; and what is wrong with those that lack it.

        Args:
            laid: all of the type that are in the span.
        """
        types, records = self.of.types, laid.records.bytes
        kind = types[self.of.kind]
        orphans: dict[int, str] = {}
        above = ancestors(kind, types)
        found = parents_of(self.of.kind, types, self.kinds, self.first, self.before.last) if above else []
        numbers = {one.name: its[laid.places] for one, its in zip(above, found, strict=True)}
        for name, its in numbers.items():
            for row in np.flatnonzero(its == NOWHERE).tolist():
                orphans.setdefault(row, f"no record {name} stands before it, whose key it would carry")
        if not kind.carried:
            return records, orphans
        at = records.shape[1]
        matrix = np.empty((len(records), self.of.layout.record_size), np.uint8)
        matrix[:, :at] = records
        for carried in kind.carried:
            holders, which = self._holders(carried.kind, numbers.get(carried.kind), len(records))
            for row, reason in _lacking(holders, which):
                orphans.setdefault(row, reason)
            at = self._fill(matrix, at, carried, holders, which)
        return matrix, orphans

    def _holders(self, name: str, numbers: Numbers | None, rows: int) -> tuple[Handed, Numbers]:
        """The records of a type whose fields rows carry, and which of them each row does.

        Args:
            name: of the type.
            numbers: of its record for each row; None: it stands at an end of the file.
            rows: how many.
        """
        types = self.of.types
        number = next(number for number, one in enumerate(types) if one.name == name)
        if numbers is None:
            missing = f"there is no record {name}, whose fields it would carry"
            none = handed(self.every, np.empty(0, np.int64), types[number], types)
            return none.and_one(self.of.ends[number], missing), np.zeros(rows, np.int64)
        is_inside = (numbers >= self.first) & (numbers < self.first + self.every.count)
        within = numbers[is_inside] - self.first
        begins = np.ones(len(within), np.bool_)  # one behind the other are the same, or later ones
        begins[1:] = within[1:] != within[:-1]
        inside = handed(self.every, within[begins], types[number], types)
        which = np.full(rows, len(inside.raw), np.int64)
        which[is_inside] = np.cumsum(begins) - 1
        return inside.and_one(self.before.held[number], None), which

    def _fill(self, matrix: Array, at: int, carried: Carried, holders: Handed, which: Numbers) -> int:
        """Put what rows carry of a type of records into them; where the next stands."""
        types = self.of.types
        kind = next(one for one in types if one.name == carried.kind)
        places, place = {}, 0
        for field in handed_fields(kind, types):
            places[field] = place
            place += field.length
        for _, field in carried.fields:
            found = carried_bytes(field, holders, places[field], at)
            matrix[:, at : at + found.shape[1]] = found[which]
            at += found.shape[1]
        return at


def _lacking(holders: Handed, which: Numbers) -> Iterator[tuple[int, str]]:
    """The rows whose holder has nothing to carry, and why."""
    for place, problem in holders.problems.items():
        for row in np.flatnonzero(which == place).tolist():
            yield row, problem
