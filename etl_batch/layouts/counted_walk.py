"""How long records are that say it by the counts of their tables alone, one after another. Pure: bytes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl_batch.layouts.count_values import count_in
from etl_batch.layouts.counted import Counted
from etl_batch.light_dataclass import dataclass

_MOST_KNOWN = 1 << 16  #: counts whose bytes are kept


@dataclass(frozen=True, slots=True)
class ByCounts:
    """Records side by side, in which what stands behind tables that are not full moves."""

    size: int  #: of a record with all of all tables; bytes
    fields: tuple[Any, ...]  #: those that count, where they lie in such a record
    tables: tuple[Counted, ...]


class NoCountError(ValueError):
    """A count is none; what it is, in words."""


class CountWalk:
    """Tells how long a record is."""

    def __init__(self, by: ByCounts) -> None:
        self._size = by.size
        self._fields = {field.name: field for field in by.fields}
        self._inner: dict[Counted | None, list[Counted]] = {None: []}
        around: list[Counted] = []
        for table in sorted(by.tables, key=lambda table: (table.offset, -table.end)):
            while around and around[-1].end <= table.offset:
                around.pop()
            self._inner[around[-1] if around else None].append(table)
            self._inner[table] = []
            around.append(table)
        self._known: dict[tuple[str, bytes], int | None] = {}

    def length(self, content: bytes, at: int) -> int | None:
        """The bytes of the record that begins at a place; None: there are too few to tell it.

        Raises:
            NoCountError: a count says nothing that it may say.
        """
        gaps: list[tuple[int, int]] = []
        if not self._follow(self._inner[None], content, at, gaps):
            return None
        return self._size - sum(gap for _, gap in gaps)

    def _follow(self, tables: Sequence[Counted], content: bytes, at: int, gaps: list[tuple[int, int]]) -> bool:
        """Note the gap of each table that is there, and where it ends; whether all counts could be seen."""
        for table in tables:
            field = self._fields[table.by]
            start = at + field.offset - sum(gap for end, gap in gaps if end <= field.offset)
            raw = content[start : start + field.length]
            if len(raw) < field.length:
                return False
            count = self._count(field, raw)
            if count is None or not table.least <= count <= table.most:
                said = "no number of" if count is None else f"{count:,}"
                raise NoCountError(
                    f"field {table.by!r} of the record says that a table occurs {said} times, and {table.least} to "
                    f"{table.most} are allowed: 0x{raw.hex()}"
                )
            there = table.offset + count * table.size
            inside = [one for one in self._inner[table] if one.offset < there]
            if not self._follow(inside, content, at, gaps):
                return False
            gaps.append((table.end, (table.most - count) * table.size))
        return True

    def _count(self, field: Any, raw: bytes) -> int | None:  # noqa: ANN401 - a field of a layout
        key = (field.name, raw)
        if key not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[key] = count_in(field, raw)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Walked:
    """Records one after another."""

    places: list[int]  #: where each begins
    lengths: list[int]  #: its bytes
    stop: int  #: where the next one begins
    broken: str | None  #: why nothing can be told from there on; None: there is no more to see, or the end


def walked(walk: CountWalk, content: bytes, start: int, left: int, most: int) -> Walked:
    """The records from a place on, as far as they lie in some bytes whole.

    Args:
        walk: how long they are.
        content: the bytes.
        start: where the first one begins.
        left: bytes from there to where the records end, in these bytes or beyond.
        most: how many.
    """
    places: list[int] = []
    lengths: list[int] = []
    at, end = start, start + left
    while at < end and len(places) < most:
        try:
            length = walk.length(content, at)
        except NoCountError as error:
            return Walked(places, lengths, at, str(error))
        if length is None or at + length > len(content):
            if len(content) >= end:
                return Walked(
                    places, lengths, at, f"the record ends beyond the file, of which {end - at:,} bytes are left"
                )
            break
        places.append(at)
        lengths.append(length)
        at += length
    return Walked(places, lengths, at, None)
