"""A record layout, and the types that its fields may have."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.layouts.counted import Counted, counted_clauses, ranges
from etl_batch.layouts.counted_walk import ByCounts
from etl_batch.layouts.framing import MICRO_FOCUS_HEADER_BYTES, Framing
from etl_batch.layouts.lines import Lines
from etl_batch.layouts.variants import Variant, When, with_when
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import Occurs
from etl_batch.options.record_framing import ShortRecords
from etl_batch.text.date_formats import DateFormat

if TYPE_CHECKING:
    from etl_batch.layouts.conditions import Condition, End
    from etl_batch.layouts.labels import Values

MAX_RECORD_BYTES = 1 << 20
MAX_DECIMAL_DIGITS = 38
MAX_TEXT_BYTES = 256  #: of a number that is there as characters
LENGTH_BYTES = 4  #: of a record's length, where it stands behind the record
_INTEGERS = {f"{sign}{bits}": bits // 8 for sign in "iu" for bits in (8, 16, 32, 64)}
#: length in bytes when the layout does not say, and the lengths that may be said
DEFAULT_LENGTH = _INTEGERS | {"f32": 4, "f64": 8, "bool": 1, "timestamp": 8, "date": 4, "decimal": 8}
ALLOWED_LENGTHS: dict[str, range | tuple[int, ...]] = {
    **{name: tuple(range(length // 2 + 1, length + 1)) for name, length in _INTEGERS.items()},
    **{name: (length,) for name, length in {"f32": 4, "f64": 8, "bool": 1}.items()},
    "timestamp": (4, 8),
    "date": (2, 4, 8),
    "decimal": range(1, 9),
    "packed": range(1, 20),
    "zoned": range(1, MAX_DECIMAL_DIGITS + 2),  # one for a sign of its own
    "str": range(1, MAX_RECORD_BYTES + 1),
    "bytes": range(1, MAX_RECORD_BYTES + 1),
}
TYPES = tuple(ALLOWED_LENGTHS)
FLOATS = {"f32", "f64"}
SCALED = {"decimal", "packed", "zoned"}
DATES = {"date", "timestamp"}
#: those that may be there as characters
TEXT_NUMBERS = {*_INTEGERS, "decimal", "f64"}
TABLE = "table"  #: the type of a field that occurs several times, of which the occurrences are kept together
UNITS = ("s", "ms", "us", "ns")
TRAILING, LEADING = "trailing", "leading"
SIGNS = (TRAILING, LEADING, "trailing separate", "leading separate")
#: those that may come out as an integer of the digits of a picture
WHOLE = {*_INTEGERS, *SCALED}
MOST_I32_DIGITS, MOST_I64_DIGITS = 9, 18
TRIMMED_BOTH, KEPT_BLANKS = "both", "none"
TRIMS = ("right", TRIMMED_BOTH, KEPT_BLANKS)
BLANK = "blank"
#: words for what fields hold all over that have no value: of characters the one that it is in the field's encoding
FILLS: dict[str, bytes | str] = {BLANK: " ", "low": b"\0", "high": b"\xff", "zeros": "0", "stars": "*"}
Null = str | int | float | bytes


@dataclass(frozen=True, slots=True)
class Written:
    """How a field has its dates where it has no days or ticks since 1970."""

    form: DateFormat
    stored: str = ""  #: the type of the number whose digits they are; empty: characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record."""

    name: str
    type: str
    offset: int  #: bytes from the record's start
    length: int  #: bytes
    scale: int = 0  #: digits after the decimal point; below 0: zeros before it that are not stored
    unit: str = "us"  #: of a timestamp
    big_endian: bool = False
    encoding: str = "utf-8"
    ibm: bool = False  #: of a float: hexadecimal, as z/OS stores them, and not IEEE 754
    sign: str = TRAILING  #: of a zoned: over the last or the first digit, or a character of its own
    signed: bool = True  #: of a decimal: whether it may be below 0; of a packed: whether its last half byte is a sign
    whole_digits: int | None = (
        None  #: digits that a picture gives an integer, or one with a scale; None: nobody said it
    )
    within_digits: bool = False  #: whether a binary number of more digits than that is bad
    trim: str = TRIMS[0]  #: of a text: what is taken off
    blank_is_zero: bool = False  #: of characters: whether blanks stand for the number 0
    null: Null | None = None  #: a stored number, a text, or raw bytes; None: never null
    nulls: tuple[Null, ...] = ()  #: further ones; those of `FILLS` are words
    text: bool = False  #: of a number: whether it is there as characters, of any width
    written: Written | None = None  #: of a date or a timestamp: its format; None: days or ticks since 1970
    label: str = ""  #: what it is about; empty: nobody said it
    values: Values = ()  #: what its values stand for: words for them, each with those values
    length_at: int | None = None  #: where it stands how long the record was, if one may end before this field, as null
    table: Table | None = (
        None  #: what it holds, if it occurs several times (its type is `TABLE`); None: it is one value
    )
    #: the records in which it is read, by the variants of its layout; None: all of them
    when: When | None = dataclasses.field(default=None, repr=False, compare=False)
    #: the least and the most that it may say, if it counts the occurrences of a table
    counts: tuple[int, int] | None = dataclasses.field(default=None, repr=False, compare=False)

    @property
    def stored_type(self) -> str:
        """The type of its bytes: of a date in the digits of a number, that of the number."""
        return self.written.stored if self.written is not None and self.written.stored else self.type

    @property
    def digits(self) -> int:
        """Decimal digits that a decimal, packed or zoned field can hold."""
        if self.type == "packed":
            return 2 * self.length - self.signed
        if self.type == "zoned":
            return self.length - self.has_own_sign
        if self.text:  # a point takes a place, but may have fewer digits behind it than the scale
            return min(self.length + max(self.scale - 1, 0), MAX_DECIMAL_DIGITS)
        return len(str(256**self.length // 2 if self.signed else 256**self.length - 1))

    @property
    def precision(self) -> int:
        """Digits of the numbers that come out of one, with the zeros that are not stored."""
        return max(self.digits + max(-self.scale, 0), self.scale)

    @property
    def comes_out(self) -> str:
        """The type of its values: its own, or of whole numbers whose digits are known the integer that holds them."""
        if self.whole_digits is None or self.scale > 0 or self.type not in WHOLE:
            return self.type
        most = self.whole_digits - self.scale
        return "i32" if most <= MOST_I32_DIGITS else "i64" if most <= MOST_I64_DIGITS else self.type

    @property
    def has_own_sign(self) -> bool:
        """Whether the sign of a zoned is a character of its own."""
        return self.sign not in (TRAILING, LEADING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a field holds that occurs several times, one occurrence behind the other."""

    times: int
    step: int  #: bytes from one occurrence to the next
    occurs: Occurs  #: ROWS: each becomes a row; LIST: all of them are one value
    fields: tuple[Field, ...]  #: of the first occurrence, from the record's start
    is_group: bool  #: whether an occurrence has fields of its own, and is not one value
    number: str = ""  #: of rows, the column that says which occurrence a row has, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A record layout whose fields lie within the record; only those overlap that its variants have."""

    record_size: int  #: bytes; of the longest, where they are not all of one length
    header_bytes: int = 0
    trailer_bytes: int = 0
    framing: Framing | None = None  #: how records of unequal length are told from each other; None: all are of one
    lines: Lines | None = None  #: where records are lines of text; None: they are none
    fields: tuple[Field, ...]
    records: tuple[RecordType, ...] = ()  #: of several types, each with fields of its own; none: all are of one
    variants: tuple[Variant, ...] = ()  #: of fields that read the same bytes
    counted: tuple[Counted, ...] = ()  #: tables of which records have as many occurrences as a field says
    moves: bool = False  #: whether what stands behind such a table moves where it is not full

    def __post_init__(self) -> None:
        # Whatever changes fields, a condition is about these as they are now.
        if self.variants or self.counted:
            tables = counted_clauses(self.fields, self.counted)
            fields = with_when(self.fields, self.variants, tables, ranges(self.counted))
            object.__setattr__(self, "fields", fields)

    @property
    def stored_size(self) -> int:
        """Bytes of a record as it is laid out in memory: with its length behind it, where fields may be missing."""
        return self.record_size + (LENGTH_BYTES if self.may_miss_fields else 0)

    @property
    def may_miss_fields(self) -> bool:
        """Whether fields behind the end of a record are null."""
        return self.framing is not None and self.framing.short_records is ShortRecords.NULL

    @property
    def follows(self) -> Framing | Lines | ByCounts | None:
        """How records of unequal length are told from each other, lines or not; None: all are of one."""
        return self.framing or self.lines or self.by_counts

    @property
    def by_counts(self) -> ByCounts | None:
        """How records are told from each other that say by the counts of their tables alone how long they are."""
        if not self.moves or self.framing is not None or self.lines is not None:
            return None
        fields = tuple(field for field in self.fields if field.counts is not None)
        return ByCounts(self.record_size, fields, self.counted)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the layout's order."""
        return tuple(field.name for field in self.fields)


def first_fields(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields that are one value, those of tables in their first occurrence."""
    for field in fields:
        if field.table is None:
            yield field
        else:
            yield from first_fields(field.table.fields)


def changed_fields(fields: Iterable[Field], change: Callable[[Field], Field]) -> tuple[Field, ...]:
    """The fields with something changed in each, those of tables first."""
    return tuple(
        change(field if field.table is None else _changed_inside(field, field.table, change)) for field in fields
    )


def _changed_inside(field: Field, table: Table, change: Callable[[Field], Field]) -> Field:
    return replace(field, table=replace(table, fields=changed_fields(table.fields, change)))


def with_framing(layout: Layout, framing: Framing | None) -> Layout:
    """The layout of records that follow each other in this way."""
    is_headed = framing is not None and framing.is_micro_focus and not layout.header_bytes
    header_bytes = MICRO_FOCUS_HEADER_BYTES if is_headed else layout.header_bytes
    framed = replace(layout, framing=framing, header_bytes=header_bytes)
    at = layout.record_size if framed.may_miss_fields else None
    if all(field.length_at == at for field in layout.fields):
        return framed
    return replace(framed, fields=changed_fields(layout.fields, lambda field: replace(field, length_at=at)))


@dataclass(frozen=True, slots=True)
class Carried:
    """Fields of another type of record that each record of a type has as columns of its own."""

    kind: str  #: the name of that type
    fields: tuple[tuple[str, Field], ...]  #: each under the name of its column


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a first or last record says of the others; of pairs the second is its own field."""

    rows: str | None = None  #: the field that says how many records there are that are neither first nor last
    records: str | None = None  #: the one that says how many there are at all
    of_types: tuple[tuple[str, str], ...] = ()  #: a type, and how many records are of it
    sums: tuple[tuple[str, str], ...] = ()  #: the field that is added up, and what it comes to
    hashes: tuple[tuple[str, str], ...] = ()  #: the field whose numbers are added up, and their last digits
    header: tuple[tuple[str, str], ...] = ()  #: a field of the first record, and one that says the same

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is compared."""
        return self == Reconciled()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One type of records. Which of several a record is, the first says whose condition holds."""

    name: str
    when: Condition
    layout: Layout  #: of these alone: how they follow each other is said of all; see `laid_types`
    end: End | None = None  #: of the file, where its only record stands, which becomes no row; None: its records do
    parent: str | None = None  #: the type whose last record before one of these is its parent
    key: tuple[str, ...] = ()  #: fields that its children carry
    columns: tuple[str, ...] = ()  #: of one at an end: fields that all rows carry
    carried: tuple[Carried, ...] = ()  #: what its rows have beside their own fields
    reconciled: Reconciled | None = None  #: None: nothing is
