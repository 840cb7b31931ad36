"""The entries of a book as a tree: levels nest by their numbers; what a group says holds for what is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.entries import Entry, Sign, Usage
from etl_batch.layouts.toml_values import shown
from etl_batch.light_dataclass import dataclass

_RECORD, _ALONE = 1, 77  #: levels
_TOPS = {_RECORD, _ALONE}
_NAMED = 6  #: records in a message


@dataclass(frozen=True, slots=True)
class Item:
    """An item, with the items in it; without any it is elementary."""

    entry: Entry
    inner: tuple[Item, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it holds items."""
        return bool(self.inner)

    @property
    def has_names(self) -> bool:
        """Whether it has a column, or anything in it has."""
        return any(one.has_names for one in self.inner) if self.inner else bool(self.entry.name)


def arranged(entries: tuple[Entry, ...], where: str, record: str = "") -> Item:
    """The record that the entries describe.

    Args:
        entries: of a book.
        where: its path, for messages.
        record: the name of the one that is meant, of several; empty: there is one.

    Raises:
        CopybookInvalid: they describe none, or not this one.
        Ambiguous: they describe several, and nobody said which is meant.
    """
    if not entries:
        raise CopybookInvalid(f"{where} is no copybook: it describes no item")
    first, *rest = chosen = _chosen(entries, where, record)
    second = next((entry for entry in rest if entry.level in _TOPS), None)
    if second is not None:
        raise second.wrong(
            where,
            f"begins a record behind items of none: {first.called} of line {first.line} has a level of its own",
            "put a record above these in a copy of the book, or leave them out",
        )
    items, _ = _level(chosen, 0, where)
    if len(items) == 1 and items[0].is_group:
        return items[0]
    return Item(replace(first, level=0, name="", picture=None, usage=None, occurs=1, repeated=False), tuple(items))


def records_of(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The records of a book, as their first entries; without those the book is one, or part of one."""
    return tuple(entry for entry in entries if entry.level == _RECORD)


def alone(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What stands beside a record, and is of none: items of level 77."""
    return tuple(entry for entry in entries if entry.level == _ALONE) if records_of(entries) else ()


def _chosen(entries: tuple[Entry, ...], where: str, record: str) -> tuple[Entry, ...]:
    """The entries of the record that is meant."""
    records = records_of(entries) or tuple(entry for entry in entries if entry.level == _ALONE)
    if record:
        records = tuple(entry for entry in records if entry.name.upper() == record.upper()) or _refused(
            records, where, record
        )
    if len(records) > 1:
        raise Ambiguous(
            f"{records[1].at(where)} begins a second record beside {records[0].called} of line {records[0].line}; "
            f"there are {len(records)}",
            mend="say which of them a file has: "
            + " or ".join(f"--record {entry.called}" for entry in records[:_NAMED] if entry.name)
            + (" ..." if len(records) > _NAMED else "")
            + "; where each of its records is all of them, one after another, give the book an 01 in front and make "
            "these 02",
        )
    if not records or (entries[0].level not in _TOPS and not record):
        return entries
    start = next(at for at, entry in enumerate(entries) if entry is records[0])
    end = next((at for at in range(start + 1, len(entries)) if entries[at].level in _TOPS), len(entries))
    return entries[start:end]


def _refused(records: tuple[Entry, ...], where: str, record: str) -> NoReturn:
    names = ", ".join(entry.called for entry in records[:_NAMED]) or "without a name"
    raise CopybookInvalid(
        f"{where} has no record {shown(record[:64])}, as --record says; its records are {names}",
        mend="name one of them, as an 01 of the book does",
    )


def _level(entries: tuple[Entry, ...], above: int, where: str, at: int = 0) -> tuple[list[Item], int]:
    """The items from `at` on whose levels are above a number, and where the next one is."""
    items: list[Item] = []
    while at < len(entries) and entries[at].level > above:
        entry = entries[at]
        inner, at = _level(entries, entry.level, where, at + 1) if entry.level != _ALONE else ([], at + 1)
        if inner and entry.picture is not None:
            first = inner[0].entry
            raise entry.wrong(
                where, f"has a PICTURE, and so no items; {first.called} of line {first.line} has a higher level"
            )
        items.append(Item(entry, tuple(inner)))
    return items, at


def settled(item: Item, usage: Usage | None = None, sign: Sign | None = None, is_sync: bool = False) -> Item:
    """The tree with what groups say put into their items."""
    entry = item.entry
    own = replace(
        entry,
        usage=entry.usage or usage,
        sign=entry.sign or sign,
        synchronized=entry.synchronized or is_sync,
    )
    return Item(own, tuple(settled(one, own.usage, own.sign, own.synchronized) for one in item.inner))
