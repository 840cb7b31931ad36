"""A copybook as columns: which items of a record have one, where it lies, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.entries import Entry, Usage
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import Placed, placed
from etl_batch.layouts.copybook.picture import Category
from etl_batch.layouts.copybook.readings import Choice, Readings
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.copybook.tables import Table, counted_in, tables_in
from etl_batch.layouts.copybook.tree import alone, arranged, settled
from etl_batch.layouts.occurrences import refuse_unmet, settled_occurs
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import NOTHING_SAID, Occurs, SaidOccurs
from etl_batch.text.typed_options import ReadAs

MOST_COLUMNS = 10_000
NAMELESS = "FILLER"  #: what a table without a name is called
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
class TableItem:
    """An item that occurs several times, of which the occurrences are kept together."""

    entry: Entry
    path: tuple[str, ...]  #: the names of its groups, and its own
    suffix: str  #: in which occurrence of its groups
    offset: int
    size: int  #: bytes of one occurrence
    occurs: Occurs
    is_group: bool
    inner: tuple[Column | TableItem, ...]  #: of the first occurrence

    def name(self, groups: int) -> str:
        """Its name with those of so many groups around it."""
        return "_".join(self.path[-1 - groups :]) + self.suffix


@dataclass(frozen=True, slots=True)
class BookField:
    """What becomes a field of a layout."""

    name: str
    item: Column | TableItem
    inner: tuple[BookField, ...] = ()  #: of a table


@dataclass(frozen=True, slots=True)
class Book:
    """What a copybook says, whatever its characters are."""

    where: str
    record_size: int
    fields: tuple[BookField, ...]
    notes: tuple[str, ...] = ()
    readings: tuple[Readings, ...] = ()  #: that columns name by their places here
    tables: tuple[Table, ...] = ()  #: those whose occurrences an item counts

    @property
    def columns(self) -> tuple[tuple[str, Column], ...]:
        """The columns with their names, those of tables that are kept together in their first occurrence."""
        return tuple(_columns_of(self.fields))

    @property
    def always(self) -> tuple[Column, ...]:
        """The columns whose bytes are theirs in every record; all, where none are."""
        columns = tuple(column for _, column in self.columns)
        return tuple(column for column in columns if not column.readings and column.offset < self.moved) or columns

    @property
    def moved(self) -> int:
        """From which byte on a record may lie otherwise, as an item counts the occurrences of a table."""
        return min((table.offset for table in self.tables), default=self.record_size)


def _columns_of(fields: Sequence[BookField]) -> Iterator[tuple[str, Column]]:
    for one in fields:
        if isinstance(one.item, Column):
            yield one.name, one.item
        else:
            yield from _columns_of(one.inner)


def read_book(
    text: str, where: str, variants: Sequence[ReadAs] = (), record: str = "", said: SaidOccurs = NOTHING_SAID
) -> Book:
    """Read a copybook that takes in no others.

    Args:
        text: of the book.
        where: its path, for messages.
        variants: which of the items are read that redefine each other.
        record: of several records of the book, the name of the one that is meant.
        said: what becomes of tables.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    return book_of(whole_code(text, where, None), where, variants, record, said)


def book_of(
    code: Code, where: str, variants: Sequence[ReadAs] = (), record: str = "", said: SaidOccurs = NOTHING_SAID
) -> Book:
    """A copybook by its code, read as `read_book` does.

    Raises:
        CopybookInvalid: naming line, column, item, and what is wrong with it or cannot be read yet.
        Ambiguous: bytes may be read in two ways, and nobody said in which.
    """
    entries = read_entries(code, where)
    readings = Choice(where, variants)
    meant = readings.chosen(placed(settled(arranged(entries, where, record)), where))
    readings.refuse_unmet()
    refuse_unmet(said, (_plain(entry.name) or NAMELESS for entry in entries if entry.repeated), where)
    columns = _Columns(where, said, counted_in(meant))
    if (count := columns.count(meant)) > MOST_COLUMNS:
        raise CopybookInvalid(f"{where} has {count:,} columns; {MOST_COLUMNS:,} is the most", mend=NOT_READ)
    if not count:
        raise CopybookInvalid(f"{where} has no item with a name: every one is FILLER")
    notes = tuple(f"{entry.at(where)} stands alone, and is in no record" for entry in alone(entries))
    fields = _named(tuple(columns.of(meant, _Around())), where)
    return Book(where, meant.end, fields, notes, tuple(readings.found), tuple(tables_in(meant)))


@dataclass(frozen=True, slots=True)
class _Around:
    """What an item stands in."""

    path: tuple[str, ...] = ()
    shift: int = 0  #: bytes by which its occurrence stands behind the first
    suffix: str = ""
    readings: tuple[tuple[int, int, str], ...] = ()
    outer: Occurs | None = None  #: what the table becomes that it lies in; None: in none


class _Columns:
    """The columns of a record, and its tables that are kept together."""

    def __init__(self, where: str, said: SaidOccurs, counted: Entry | None) -> None:
        self._where = where
        self._said = said
        self._counted = counted  #: a table of the record whose occurrences an item counts

    def count(self, one: Placed, outer: Occurs | None = None) -> int:
        """How many columns there are, before any is made; of tables that are kept together those of one occurrence."""
        entry = one.item.entry
        occurs = self._occurs(entry, outer)
        within = occurs if entry.repeated else outer
        inside = sum(self.count(each, within) for each in one.inner) if one.item.is_group else bool(entry.name)
        return inside * (entry.occurs if occurs is Occurs.COLUMNS else 1)

    def of(self, one: Placed, around: _Around) -> Iterator[Column | TableItem]:
        """Those of an item in the order of the book, the occurrences of a group one after another."""
        entry = one.item.entry
        if not one.item.has_names:
            return
        readings = around.readings if one.reading is None else (*around.readings, (*one.reading, around.suffix))
        names = (*around.path, _plain(entry.name)) if entry.name else around.path
        occurs = self._occurs(entry, around.outer)
        if occurs is not Occurs.COLUMNS:
            yield self._kept(one, replace(around, path=names, readings=readings), occurs)
            return
        for number in range(entry.occurs):
            suffix = f"{around.suffix}_{number + 1}" if entry.repeated else around.suffix
            outer = occurs if entry.repeated else around.outer
            yield from self._inside(one, _Around(names, around.shift + number * one.size, suffix, readings, outer))

    def _inside(self, one: Placed, within: _Around) -> Iterator[Column | TableItem]:
        """Of one occurrence."""
        if not one.item.is_group:
            yield Column(
                one.item.entry, within.path, within.suffix, one.offset + within.shift, one.size, within.readings
            )
        for inner in one.inner:
            yield from self.of(inner, within)

    def _kept(self, one: Placed, around: _Around, occurs: Occurs) -> TableItem:
        entry = one.item.entry
        if self._counted is not None:
            raise entry.wrong(
                self._where,
                f"cannot become rows or a list, as the record has {self._counted.called}, which occurs DEPENDING ON "
                f"{self._counted.depending_on}",
                f"make it columns: --occurs {_plain(entry.name) or NAMELESS}=columns",
            )
        inner = tuple(self._inside(one, replace(around, suffix="", outer=occurs)))
        if around.readings or any(isinstance(each, Column) and each.readings for each in inner):
            raise entry.wrong(
                self._where,
                "holds bytes that are read in several ways, so it cannot become rows or a list",
                f"make it columns: --occurs {_plain(entry.name) or NAMELESS}=columns",
            )
        path = around.path if entry.name else (*around.path, NAMELESS)
        return TableItem(
            entry, path, around.suffix, one.offset + around.shift, one.size, occurs, one.item.is_group, inner
        )

    def _occurs(self, entry: Entry, outer: Occurs | None) -> Occurs:
        """What an item becomes; one that occurs once is columns."""
        if not entry.repeated:
            return Occurs.COLUMNS
        return settled_occurs(_plain(entry.name) or NAMELESS, self._said, None, outer, self._where)


def _plain(name: str) -> str:
    """A name of COBOL as the name of a column; `:TAG:`, for which COPY REPLACING puts something, is left out."""
    parts = name.split(":")
    kept = "".join(parts[::2]).strip("-") if len(parts) % 2 else name.replace(":", "")
    return (kept or "".join(parts)).replace("-", "_")


def _named(items: Sequence[Column | TableItem], where: str) -> tuple[BookField, ...]:
    """Each with its name; what is in a table of rows is a column beside the others, what is in a list is its own."""
    beside = [inner for item in items for inner in (item.inner if _is_rows(item) else (item,))]
    names = iter(_names(beside, where))

    def one(item: Column | TableItem) -> BookField:
        return BookField(next(names), item, () if isinstance(item, Column) else _named(item.inner, where))

    return tuple(
        BookField(item.name(0), item, tuple(map(one, item.inner))) if _is_rows(item) else one(item) for item in items
    )


def _is_rows(item: Column | TableItem) -> TypeGuard[TableItem]:
    return isinstance(item, TableItem) and item.occurs is Occurs.ROWS


def _names(columns: Sequence[Column | TableItem], where: str) -> list[str]:
    """Of what has the same name in two groups, with the names of its groups, too."""
    groups = [0] * len(columns)
    while True:
        names = [column.name(count) for column, count in zip(columns, groups, strict=True)]
        often = Counter(name.upper() for name in names)
        alike = [at for at, name in enumerate(names) if often[name.upper()] > 1]
        longer = [at for at in alike if groups[at] < len(columns[at].path) - 1]
        if not alike:
            return names
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
