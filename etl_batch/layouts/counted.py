"""Tables of which a record has as many occurrences as one of its fields says (OCCURS DEPENDING ON). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from etl_batch.layouts.conditions import Comparison, Condition, Operator
from etl_batch.layouts.variants import Clause, InRecord
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Occurrences of some fields, one behind the other."""

    by: str  #: the name of the field that says how many there are
    least: int
    most: int
    offset: int  #: where the first lies in a record that has all of all tables; bytes
    size: int  #: bytes of one

    @property
    def end(self) -> int:
        """Behind the last."""
        return self.offset + self.most * self.size

    def number_of(self, place: InRecord) -> int:
        """Which occurrence a field lies in, from 1."""
        return (place.offset - self.offset) // self.size + 1

    def holds(self, place: InRecord) -> bool:
        """Whether a field lies in it."""
        return self.offset <= place.offset < self.end


def from_within(tables: Iterable[Counted]) -> list[Counted]:
    """The tables in the order of their ends, those within others before these."""
    return sorted(tables, key=lambda table: (table.end, -table.offset))


def around(tables: Iterable[Counted], places: Sequence[InRecord]) -> Iterator[tuple[InRecord, tuple[Counted, ...]]]:
    """Each of some places with the tables that it lies in, from the outermost on."""
    left = sorted(tables, key=lambda table: (table.offset, -table.end))[::-1]
    inside: list[Counted] = []
    for place in sorted(places, key=lambda place: place.offset):
        while left and left[-1].offset <= place.offset:
            inside = [*(one for one in inside if one.end > left[-1].offset), left.pop()]
        inside = [one for one in inside if one.end > place.offset]
        yield place, tuple(inside)


def counted_clauses(fields: Sequence[InRecord], tables: Sequence[Counted]) -> dict[str, tuple[Clause, ...]]:
    """Of each field within tables what must hold so that it is there; none where it always is."""
    known: dict[tuple[str, int], Clause] = {}
    found: dict[str, tuple[Clause, ...]] = {}
    for field, its in around(tables, fields):
        keys = ((table.by, number) for table in its if (number := table.number_of(field)) > table.least)
        clauses = tuple(known.setdefault(key, _at_least(*key)) for key in keys)
        if clauses:
            found[field.name] = clauses
    return found


def _at_least(name: str, count: int) -> Clause:
    return Clause(Condition(((Comparison(name, Operator.MORE_OR_EQUAL, (Decimal(count),)),),)))


def ranges(tables: Iterable[Counted]) -> Mapping[str, tuple[int, int]]:
    """Of each field that counts the least and the most that it may say."""
    found: dict[str, tuple[int, int]] = {}
    for table in tables:
        least, most = found.get(table.by, (table.least, table.most))
        found[table.by] = max(least, table.least), min(most, table.most)
    return found
