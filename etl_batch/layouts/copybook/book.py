"""A copybook as columns: which items of a record have one, where it lies, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.entries import Entry, Usage
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import Placed, placed
from etl_batch.layouts.copybook.picture import Category
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.copybook.tree import alone, arranged, settled
from etl_batch.light_dataclass import dataclass

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
class Book:
    """What a copybook says, whatever its characters are."""

    where: str
    record_size: int
    columns: tuple[tuple[str, Column], ...]  #: with their names
    notes: tuple[str, ...] = ()


def read_book(text: str, where: str, variants: Mapping[str, str] | None = None, record: str = "") -> Book:
    """Read a copybook that takes in no others.

    Args:
        text: of the book.
        where: its path, for messages.
        variants: of an item that others redefine, by its name: the one of them that is read.
        record: of several records of the book, the name of the one that is meant.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    return book_of(whole_code(text, where, None), where, variants, record)


def book_of(code: Code, where: str, variants: Mapping[str, str] | None = None, record: str = "") -> Book:
    """A copybook by its code, read as `read_book` does.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    entries = read_entries(code, where)
    readings = _Readings(where, variants or {})
    meant = readings.chosen(placed(settled(arranged(entries, where, record)), where))
    readings.refuse_unmet()
    if (count := _count(meant)) > MOST_COLUMNS:
        raise CopybookInvalid(f"{where} has {count:,} columns; {MOST_COLUMNS:,} is the most", mend=NOT_READ)
    if not count:
        raise CopybookInvalid(f"{where} has no item with a name: every one is FILLER")
    notes = tuple(f"{entry.at(where)} stands alone, and is in no record" for entry in alone(entries))
    return Book(where, meant.end, _named(tuple(_columns(meant)), where), notes)


class _Readings:
    """Which items are read, where several describe the same bytes."""

    def __init__(self, where: str, variants: Mapping[str, str]) -> None:
        self._where = where
        self._variants = {of.upper(): use.upper() for of, use in variants.items()}
        self._open = set(self._variants)  #: of which nothing was met yet

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
        return Placed(one.item, one.offset, one.size, tuple(map(self.chosen, kept)))

    def _one_of(self, items: Sequence[Placed]) -> Sequence[Placed]:
        named = [item for item in items if item.item.has_names]
        first = items[0].item.entry
        wanted = self._variants.get(first.name.upper()) if len(items) > 1 else None
        if wanted is not None:
            self._open.discard(first.name.upper())
            found = [item for item in items if item.item.entry.name.upper() == wanted]
            if not found:
                names = ", ".join(dict.fromkeys(item.item.entry.called for item in items))
                raise first.wrong(
                    self._where, f"is to be read as {wanted}, which is none of {names}", "name one of these"
                )
            return found
        if len(named) > 1:
            raise self._asked(first, [item.item.entry for item in named])
        return named

    def _asked(self, first: Entry, entries: Sequence[Entry]) -> Ambiguous:
        second = entries[1] if entries[0] is first else entries[0]
        names = ", ".join(f"{entry.called} (line {entry.line})" for entry in entries)
        return Ambiguous(
            f"{second.at(self._where)} redefines {first.called} of line {first.line}: its bytes may be read as any of "
            f"{names}",
            mend="say which it is: " + " or ".join(f'--variant "{first.called}: {entry.called}"' for entry in entries)
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


def _columns(
    one: Placed, path: tuple[str, ...] = (), shift: int = 0, numbers: tuple[int, ...] = ()
) -> Iterator[Column]:
    """The columns in the order of the book, the occurrences of a group one after another."""
    entry = one.item.entry
    if not one.item.has_names:
        return
    names = (*path, _plain(entry.name)) if entry.name else path
    for number in range(entry.occurs):
        at = (*numbers, number + 1) if entry.repeated else numbers
        moved = shift + number * one.size
        if one.item.is_group:
            for inner in one.inner:
                yield from _columns(inner, names, moved, at)
        else:
            yield Column(entry, names, "".join(f"_{each}" for each in at), one.offset + moved, one.size)


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
