"""What a copybook says of an item, before it is arranged: one entry each."""

from __future__ import annotations

from enum import Enum

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.picture import Picture
from etl_batch.layouts.labels import Values
from etl_batch.light_dataclass import dataclass


class Usage(Enum):
    """How an item is stored."""

    DISPLAY = "DISPLAY"
    BINARY = "COMP"
    NATIVE = "COMP-5"
    PACKED = "COMP-3"
    FLOAT = "COMP-1"
    DOUBLE = "COMP-2"
    UNSIGNED_PACKED = "COMP-6"
    BYTES = "COMP-X"
    INDEX = "INDEX"
    POINTER = "POINTER"
    NATIONAL = "NATIONAL"
    DBCS = "DISPLAY-1"


#: every word of a USAGE clause
USAGES = {one.value: one for one in Usage} | {
    "COMPUTATIONAL": Usage.BINARY,
    "COMP-4": Usage.BINARY,
    "COMPUTATIONAL-4": Usage.BINARY,
    "BINARY": Usage.BINARY,
    "COMPUTATIONAL-5": Usage.NATIVE,
    "COMPUTATIONAL-3": Usage.PACKED,
    "PACKED-DECIMAL": Usage.PACKED,
    "COMPUTATIONAL-1": Usage.FLOAT,
    "COMPUTATIONAL-2": Usage.DOUBLE,
    "COMPUTATIONAL-6": Usage.UNSIGNED_PACKED,
    "COMPUTATIONAL-X": Usage.BYTES,
    "POINTER-32": Usage.POINTER,
    "PROCEDURE-POINTER": Usage.POINTER,
    "FUNCTION-POINTER": Usage.POINTER,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """Where the sign of a number in digits stands."""

    leading: bool = False
    separate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One description of the book."""

    level: int
    name: str  #: empty: FILLER
    line: int  #: of its name, or of its level
    column: int
    picture: Picture | None = None
    pictured: str = ""  #: the picture as it stands there
    usage: Usage | None = None  #: None: as its group has it
    sign: Sign | None = None
    occurs: int = 1
    repeated: bool = False
    occurs_least: int = 1  #: of a table that depends on an item
    depending_on: str = ""
    redefines: str = ""
    synchronized: bool = False
    blank_when_zero: bool = False
    meanings: tuple[str, ...] = ()  #: its 88 levels: a name, and what it stands for
    values: Values = ()  #: the same, value by value
    book: str = ""  #: that it stands in, where COPY took that in

    @property
    def called(self) -> str:
        """As a message names it."""
        return self.name[:64] or "FILLER"

    def at(self, where: str) -> str:
        """It and its place in the book, for messages."""
        return f"{place_in_words(self.book or where, self.line, self.column)}: {self.called}"

    def wrong(self, where: str, what: str, mend: str | None = None) -> CopybookInvalid:
        """The error that says what is wrong with it."""
        return CopybookInvalid(f"{self.at(where)} {what}", mend=mend)


def place_in_words(where: str, line: int, column: int) -> str:
    """A place in a book, for messages."""
    return f"{where}, line {line}, column {column}"
