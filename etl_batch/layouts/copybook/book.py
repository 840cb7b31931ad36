"""A copybook as columns: which items of a record have one, where it lies, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.entries import Entry, Usage
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import Placed, placed
from etl_batch.layouts.copybook.picture import Category
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.copybook.tree import alone, arranged, settled
from etl_batch.light_dataclass import dataclass
from etl_batch.text.typed_options import BOTH, ReadAs

MOST_COLUMNS = 10_000
NOT_READ = "make it FILLER of the same length in a copy of the book, or describe what is to be read in a layout of ours"


@dataclass(frozen=True, slots=True)
class Column:
    """An elementary item with a name, in one of its occurrences."""

    entry: Entry
    path: tuple[str, ...]  #: the names of its groups, and its own
    suffix: str  #: which occurrence
    offset: int
    size: int
    #: of bytes that others read as well: the set of these, its place in it, and in which occurrence of their group
    readings: tuple[tuple[int, int, str], ...] = ()

    def name(self, groups: int) -> str:
        """Its name with those of so many groups around it."""
        return "_".join(self.path[-1 - groups :]) + self.suffix

    @property
    def is_text(self) -> bool:
        """Whether an encoding says what its bytes are, and no digits alone."""
        picture = self.entry.picture
        return self.is_characters and (picture is None or picture.category is not Category.NUMBER)

    @property
    def is_characters(self) -> bool:
        """Whether its bytes are characters, of text or of digits."""
        picture = self.entry.picture
        is_wide = picture is not None and picture.category in {Category.NATIONAL, Category.DBCS}
        return self.entry.usage in {None, Usage.DISPLAY} and not is_wide


@dataclass(frozen=True, slots=True)
class Readings:
    """Items that describe the same bytes, each read in some records, or in all."""

    said: tuple[ReadAs | None, ...]  #: of each; None: it is read where no condition of another holds


@dataclass(frozen=True, slots=True)
class Book:
    """What a copybook says, whatever its characters are."""

    where: str
    record_size: int
    columns: tuple[tuple[str, Column], ...]  #: with their names
    notes: tuple[str, ...] = ()
    readings: tuple[Readings, ...] = ()  #: that columns name by their places here

    @property
    def always(self) -> tuple[Column, ...]:
        """The columns whose bytes are theirs in every record; all, where none are."""
        columns = tuple(column for _, column in self.columns)
        return tuple(column for column in columns if not column.readings) or columns


def read_book(text: str, where: str, variants: Sequence[ReadAs] = (), record: str = "") -> Book:
    """Read a copybook that takes in no others.

    Args:
        text: of the book.
        where: its path, for messages.
        variants: which of the items are read that redefine each other.
        record: of several records of the book, the name of the one that is meant.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    return book_of(whole_code(text, where, None), where, variants, record)


def book_of(code: Code, where: str, variants: Sequence[ReadAs] = (), record: str = "") -> Book:
    """A copybook by its code, read as `read_book` does.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    entries = read_entries(code, where)
    readings = _Readings(where, variants)
    meant = readings.chosen(placed(settled(arranged(entries, where, record)), where))
    readings.refuse_unmet()
    if (count := _count(meant)) > MOST_COLUMNS:
        raise CopybookInvalid(f"{where} has {count:,} columns; {MOST_COLUMNS:,} is the most", mend=NOT_READ)
    if not count:
        raise CopybookInvalid(f"{where} has no item with a name: every one is FILLER")
    notes = tuple(f"{entry.at(where)} stands alone, and is in no record" for entry in alone(entries))
    return Book(where, meant.end, _named(tuple(_columns(meant, _Around())), where), notes, tuple(readings.found))


class _Readings:
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
        entry = one.item.entry
        if entry.depending_on:
            raise entry.wrong(
                self._where,
                f"occurs DEPENDING ON {entry.depending_on}: a table whose length differs from record to record is not "
                "read yet",
                "where each record has room for all of it, give OCCURS that number alone in a copy of the book",
            )
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


def _count(one: Placed) -> int:
    inside = sum(map(_count, one.inner)) if one.item.is_group else bool(one.item.entry.name)
    return inside * one.item.entry.occurs


@dataclass(frozen=True, slots=True)
class _Around:
    """What an item stands in."""

    path: tuple[str, ...] = ()
    shift: int = 0  #: bytes by which its occurrence stands behind the first
    suffix: str = ""
    readings: tuple[tuple[int, int, str], ...] = ()


def _columns(one: Placed, around: _Around) -> Iterator[Column]:
    """The columns in the order of the book, the occurrences of a group one after another."""
    entry = one.item.entry
    if not one.item.has_names:
        return
    readings = around.readings if one.reading is None else (*around.readings, (*one.reading, around.suffix))
    names = (*around.path, _plain(entry.name)) if entry.name else around.path
    for number in range(entry.occurs):
        suffix = f"{around.suffix}_{number + 1}" if entry.repeated else around.suffix
        within = _Around(names, around.shift + number * one.size, suffix, readings)
        if one.item.is_group:
            for inner in one.inner:
                yield from _columns(inner, within)
        else:
            yield Column(entry, names, suffix, one.offset + within.shift, one.size, readings)


def _plain(name: str) -> str:
    """A name of COBOL as the name of a column; `:TAG:`, for which COPY REPLACING puts something, is left out."""
    parts = name.split(":")
    kept = "".join(parts[::2]).strip("-") if len(parts) % 2 else name.replace(":", "")
    return (kept or "".join(parts)).replace("-", "_")


def _named(columns: tuple[Column, ...], where: str) -> tuple[tuple[str, Column], ...]:
    """Each column with its name: of what has the same one in two groups, with the names of its groups, too."""
    groups = [0] * len(columns)
    while True:
        names = [column.name(count) for column, count in zip(columns, groups, strict=True)]
        often = Counter(name.upper() for name in names)
        alike = [at for at, name in enumerate(names) if often[name.upper()] > 1]
        longer = [at for at in alike if groups[at] < len(columns[at].path) - 1]
        if not alike:
            return tuple(zip(names, columns, strict=True))
        if not longer:
            first, second = alike[0], next(at for at in alike[1:] if names[at].upper() == names[alike[0]].upper())
            before = columns[first].entry
            raise columns[second].entry.wrong(
                where,
                f"and {before.called} of line {before.line} would both be the column {names[first]}",
                "give one of them another name in a copy of the book",
            )
        for at in longer:
            groups[at] += 1
