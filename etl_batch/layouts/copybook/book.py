"""A copybook as columns: which items of a record have one, where it lies, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.entries import Entry, Usage
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import Placed, placed
from etl_batch.layouts.copybook.picture import Category
from etl_batch.layouts.copybook.readings import Choice, Readings
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.copybook.tables import Table, tables_in
from etl_batch.layouts.copybook.tree import alone, arranged, settled
from etl_batch.light_dataclass import dataclass
from etl_batch.text.typed_options import ReadAs

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
class Book:
    """What a copybook says, whatever its characters are."""

    where: str
    record_size: int
    columns: tuple[tuple[str, Column], ...]  #: with their names
    notes: tuple[str, ...] = ()
    readings: tuple[Readings, ...] = ()  #: that columns name by their places here
    tables: tuple[Table, ...] = ()  #: those whose occurrences an item counts

    @property
    def always(self) -> tuple[Column, ...]:
        """The columns whose bytes are theirs in every record; all, where none are."""
        columns = tuple(column for _, column in self.columns)
        return tuple(column for column in columns if not column.readings and column.offset < self.moved) or columns

    @property
    def moved(self) -> int:
        """From which byte on a record may lie otherwise, as an item counts the occurrences of a table."""
        return min((table.offset for table in self.tables), default=self.record_size)


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
    readings = Choice(where, variants)
    meant = readings.chosen(placed(settled(arranged(entries, where, record)), where))
    readings.refuse_unmet()
    if (count := _count(meant)) > MOST_COLUMNS:
        raise CopybookInvalid(f"{where} has {count:,} columns; {MOST_COLUMNS:,} is the most", mend=NOT_READ)
    if not count:
        raise CopybookInvalid(f"{where} has no item with a name: every one is FILLER")
    notes = tuple(f"{entry.at(where)} stands alone, and is in no record" for entry in alone(entries))
    return Book(
        where, meant.end, _named(tuple(_columns(meant, _Around())), where), notes, tuple(readings.found),
        tuple(tables_in(meant)),
    )  # fmt: skip


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
