"""The entries of a book as a tree: levels nest by their numbers; what a group says holds for what is in it."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.entries import Entry, Sign, Usage
from etl_batch.light_dataclass import dataclass


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


def arranged(entries: tuple[Entry, ...], where: str) -> Item:
    """The one record that the entries describe.

    Raises:
        CopybookInvalid: they describe none or several.
    """
    if not entries:
        raise CopybookInvalid(f"{where} is no copybook: it describes no item")
    tops = [entry for entry in entries if entry.level in (1, 77)]
    first = entries[0]
    if len(tops) > 1 or (tops and tops[0] is not first):
        second = next(entry for entry in tops if entry is not first)
        raise second.wrong(
            where,
            f"begins a second record beside {first.called} of line {first.line}",
            "leave one record in the book: put each into a book of its own",
        )
    items, _ = _level(entries, 0, where)
    if len(items) == 1 and items[0].is_group:
        return items[0]
    return Item(replace(first, level=0, name="", picture=None, usage=None, occurs=1, repeated=False), tuple(items))


def _level(entries: tuple[Entry, ...], above: int, where: str, at: int = 0) -> tuple[list[Item], int]:
    """The items from `at` on whose levels are above a number, and where the next one is."""
    items: list[Item] = []
    while at < len(entries) and entries[at].level > above:
        entry = entries[at]
        inner, at = _level(entries, entry.level, where, at + 1) if entry.level != 77 else ([], at + 1)
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
