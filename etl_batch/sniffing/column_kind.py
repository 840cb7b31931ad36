"""What all cells of a column are: numbers, dates, or any text. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import field

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.dates_seen import Dates, dates_of
from etl_batch.sniffing.numbers_seen import Numbers, numbers_of

TEXT = "str"
#: what people write where there is no value
_NULL_WORDS = frozenset(
    {"na", "n/a", "#n/a", "null", "\\n", "-", "--", ".", "none", "nil", "(null)", "?", "nan", "k.a.", "keine"}
)
_MOST_NULL_WORDS = 2  #: different ones in a column
_SHAPE = str.maketrans("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "9" * 10 + "a" * 26 + "A" * 26)
_TELLING = re.compile(r".*9")
_MANY_LIKE_IT = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cells of a column are."""

    cells: frozenset[str] = field(repr=False)  #: without the empty ones
    numbers: Numbers | None = None
    dates: Dates | None = None
    nulls: tuple[str, ...] = ()  #: words among them without which they would be numbers or dates
    has_empty: bool = False
    shape: str | None = None  #: that all cells share, of some letters and digits at the same places

    @property
    def is_typed(self) -> bool:
        """Whether they are numbers or dates, all but empty cells and words for them."""
        return self.numbers is not None or self.dates is not None

    @property
    def type(self) -> str:
        """In the words of `--types`, as far as all cells prove it."""
        if self.nulls or not self.is_typed:
            return TEXT
        if self.numbers is not None:
            return TEXT if self.has_rival_marks else self.numbers.type
        if self.dates is None or len(self.dates.formats) > 1:
            return TEXT
        return "timestamp" if self.dates.has_time else "date"

    @property
    def has_rival_marks(self) -> bool:
        """Whether its commas may be decimal marks, or stand between thousands; points are decimal, as ever."""
        return self.numbers is not None and self.numbers.rival is not None and self.numbers.notation.decimal == ","

    @property
    def date_format(self) -> str | None:
        """The only one that remains."""
        return self.dates.formats[0] if self.dates and self.type != TEXT else None

    def fits(self, cell: str) -> bool:
        """Whether one more cell is what these are; of cells that are any text nothing is known."""
        if self.numbers is not None:
            more = numbers_of([*list(self.cells - set(self.nulls))[:100], cell])
            return more is not None and bool(numbers_of([cell]))
        if self.dates is not None:
            found = dates_of([cell])
            return found is not None and bool({*found.formats} & {*self.dates.formats})
        return self.shape is not None and shape_of(cell) == self.shape

    def with_cell(self, cell: str) -> Kind:
        """What they are with one more."""
        is_same = self.numbers is not None and self.numbers.type == "i64" and cell.isdecimal() and self.fits(cell)
        return (
            self if cell in self.cells or is_same else kind_of([*self.cells, cell, *([""] if self.has_empty else [])])
        )


def shape_of(cell: str) -> str:
    """Where it has digits and letters: `Ab-12` is `Aa-99`."""
    return cell.translate(_SHAPE)


def kind_of(cells: Iterable[str]) -> Kind:
    """What the cells of a column are."""
    every = frozenset(cells)
    has_empty = "" in every
    filled = every - {""}
    numbers, dates = _typed(filled)
    nulls: tuple[str, ...] = ()
    if filled and numbers is None and dates is None:
        words = tuple(sorted(cell for cell in filled if cell.strip().lower() in _NULL_WORDS))
        if 0 < len(words) <= _MOST_NULL_WORDS < len(filled):
            numbers, dates = _typed(filled - set(words))
            nulls = words if numbers or dates else ()
    shape = None if numbers or dates else _shared_shape(filled)
    return Kind(filled, numbers, dates, nulls, has_empty, shape)


def _typed(cells: Collection[str]) -> tuple[Numbers | None, Dates | None]:
    numbers = numbers_of(cells)
    return numbers, None if numbers else dates_of(cells)


def _shared_shape(cells: Collection[str]) -> str | None:
    """The one shape of many cells that holds a digit; words of one length share one by chance."""
    if len(cells) < _MANY_LIKE_IT:
        return None
    shapes = {shape_of(cell) for cell in cells}
    shape = shapes.pop()
    return shape if not shapes and _TELLING.match(shape) else None
