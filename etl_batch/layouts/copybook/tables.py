"""Tables of a copybook of which a record has as many occurrences as an item says (OCCURS DEPENDING ON)."""

from __future__ import annotations

from collections.abc import Iterator

from etl_batch.layouts.copybook.entries import Entry
from etl_batch.layouts.copybook.offsets import Placed
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table of which a record has as many occurrences as an item says (DEPENDING ON)."""

    entry: Entry
    suffix: str  #: which occurrence of what it is in
    offset: int  #: of the first occurrence, where all are there
    size: int  #: bytes of one


def tables_in(one: Placed, suffix: str = "", shift: int = 0) -> Iterator[Table]:
    """The tables whose occurrences an item counts, each as often as it is there itself.

    Args:
        one: what they are in.
        suffix: which occurrence of it.
        shift: by how many bytes that lies behind the first.
    """
    entry = one.item.entry
    if entry.depending_on:
        yield Table(entry, suffix, one.offset + shift, one.size)
    for number in range(entry.occurs if counted_in(one) is not None and one.inner else 0):
        within = f"{suffix}_{number + 1}" if entry.repeated else suffix
        for inner in one.inner:
            yield from tables_in(inner, within, shift + number * one.size)


def counted_in(one: Placed) -> Entry | None:
    """A table in it whose occurrences an item counts."""
    if one.item.entry.depending_on:
        return one.item.entry
    return next((found for inner in one.inner if (found := counted_in(inner)) is not None), None)
