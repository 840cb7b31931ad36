"""Items of a copybook that describe the same bytes (REDEFINES): which are read, as somebody said it, or asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.entries import Entry
from etl_batch.layouts.copybook.offsets import Placed
from etl_batch.layouts.copybook.tables import counted_in
from etl_batch.light_dataclass import dataclass
from etl_batch.text.typed_options import BOTH, ReadAs


@dataclass(frozen=True, slots=True)
class Readings:
    """Items that describe the same bytes, each read in some records, or in all."""

    said: tuple[ReadAs | None, ...]  #: of each; None: it is read where no condition of another holds


class Choice:
    """Which items are read, where several describe the same bytes."""

    def __init__(self, where: str, variants: Sequence[ReadAs]) -> None:
        self._where = where
        self._said: dict[str, list[ReadAs]] = {}
        for one in variants:
            self._said.setdefault(one.of.upper(), []).append(one)
        self._open = set(self._said)  #: of which nothing was met yet
        self.found: list[Readings] = []  #: those of which several are read

    def refuse_unmet(self) -> None:
        """Refuse what is said of an item that is not there, or that nothing redefines.

        Raises:
            CopybookInvalid: naming it.
        """
        if self._open:
            raise CopybookInvalid(
                f"{self._where} has no item {min(self._open)} that another redefines, as --variant says",
                mend="name the item that stands first, not one that redefines it",
            )

    def chosen(self, one: Placed) -> Placed:
        """The same without the items that are not read."""
        kept = [item for of in _over_each_other(one.inner) for item in self._one_of(of)]
        return replace(one, inner=tuple(map(self.chosen, kept)))

    def _one_of(self, items: Sequence[Placed]) -> Sequence[Placed]:
        named = [item for item in items if item.item.has_names]
        first = items[0].item.entry
        said = self._said.get(first.name.upper(), []) if len(items) > 1 else []
        self._open.discard(first.name.upper() if said else "")
        by_name = {item.item.entry.name.upper(): item for item in items}
        if any(one.is_both and BOTH.upper() not in by_name for one in said):
            if len(said) > 1:
                raise first.wrong(self._where, "is to be read in two ways, of which one is both", "give one --variant")
            return self._together(named, [said[0]] * len(named))
        for one in said:
            if one.use.upper() not in by_name:
                names = ", ".join(dict.fromkeys(item.item.entry.called for item in items))
                raise first.wrong(
                    self._where, f"is to be read as {one.use.upper()}, which is none of {names}", "name one of these"
                )
        if said:
            order = list(by_name)
            return sorted(
                self._as_said(items[0], said, by_name), key=lambda one: order.index(one.item.entry.name.upper())
            )
        if len(named) > 1:
            raise self._asked(first, [item.item.entry for item in named])
        return named

    def _as_said(self, first: Placed, said: Sequence[ReadAs], by_name: Mapping[str, Placed]) -> Sequence[Placed]:
        """What is read in some records, behind what is read in all others."""
        others = [one for one in said if one.when is None]
        told = [one for one in said if one.when is not None]
        names = [one.use.upper() for one in told]
        if len(others) > 1 or len({*names}) < len(names):
            raise first.item.entry.wrong(
                self._where, "is said twice how it is to be read",
                "say all of when an item is read in one --variant, \"A: B when KIND = 'X' or KIND = 'Y'\"",
            )  # fmt: skip
        rest = by_name[others[0].use.upper()] if others else first
        if not told:
            return [rest]
        if rest.item.entry.name.upper() in names:
            raise first.item.entry.wrong(
                self._where,
                f"has {rest.item.entry.called} read in all records that no other is said of: no condition says more",
                "leave that --variant out",
            )
        return self._together([rest, *map(by_name.__getitem__, names)], [None, *told])

    def _together(self, items: Sequence[Placed], said: Sequence[ReadAs | None]) -> Sequence[Placed]:
        for item in items:
            if (table := counted_in(item)) is not None:
                raise table.wrong(
                    self._where, f"occurs DEPENDING ON {table.depending_on} in bytes that are read in several ways, "
                    "which is not read yet", "say with --variant which of them is read in every record",
                )  # fmt: skip
        number = len(self.found)
        self.found.append(Readings(tuple(said)))
        return [replace(item, reading=(number, place)) for place, item in enumerate(items)]

    def _asked(self, first: Entry, entries: Sequence[Entry]) -> Ambiguous:
        second = entries[1] if entries[0] is first else entries[0]
        names = ", ".join(f"{entry.called} (line {entry.line})" for entry in entries)
        other = next(entry for entry in entries if entry is not first)
        return Ambiguous(
            f"{second.at(self._where)} redefines {first.called} of line {first.line}: its bytes may be read as any of "
            f"{names}",
            mend="say which it is: "
            + " or ".join(f'--variant "{first.called}: {entry.called}"' for entry in entries)
            + f", in records that a field tells --variant \"{first.called}: {other.called} when FIELD = 'X'\", or "
            f'--variant "{first.called}: {BOTH}"'
            if first.name
            else "leave one of them in a copy of the book, and make the others FILLER",
        )


def _over_each_other(items: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    """The items of a group, those together that describe the same bytes."""
    sets: list[list[Placed]] = []
    for item in items:
        if item.item.entry.redefines:
            name = item.item.entry.redefines.upper()
            of = next(one for one in reversed(sets) if any(each.item.entry.name.upper() == name for each in one))
            of.append(item)
        else:
            sets.append([item])
    yield from sets
