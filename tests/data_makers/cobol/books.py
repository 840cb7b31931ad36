"""The copybooks that are judged; where the judge says something else than IBM, and what it cannot judge.

GnuCOBOL is no compiler of z/OS. What it cannot judge at all: what EXEC SQL takes in (it has no preprocessor for that),
DBCS (DISPLAY-1: "unknown"), the length of a record with OCCURS DEPENDING ON (it gives that of the moment), POINTERs (8
bytes on a PC, 4 on z/OS), and of FILLER anything, as a program cannot name it: that shows in what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

BOOKS = Path(__file__).parent / "books"
#: taken in by others; by themselves they are none
PARTS = {"source/address.cpy", "source/deeper-inner.cpy", "source/deeper-innermost.cpy", "source/words.cpy"}


class Row(NamedTuple):
    """Where an item lies."""

    level: int
    name: str
    at: str  #: the subscripts of an occurrence, or empty
    offset: int  #: from the beginning of its record
    length: int

    def __str__(self) -> str:
        at = f"({self.at})" if self.at else ""
        return f"{self.level:02} {self.name}{at} {self.offset} {self.length}"


class Asked(NamedTuple):
    """A book, as a program takes it in."""

    path: str  #: beneath the folder of books

    def copied(self) -> Iterator[str]:
        """The lines of a program that take it in."""
        text = (BOOKS / self.path).read_text()
        if not re.search(r"^\W*(?:\d{6} )?\s*(?:0?1|77)\s", text, re.MULTILINE):
            yield "       01  JUDGED-RECORD."
        is_free = self.path.startswith("source/free")
        yield from ["       >>SOURCE FORMAT FREE"] if is_free else []
        yield f'       COPY "{self.path}".'
        yield from [">>SOURCE FORMAT FIXED"] if is_free else []


def _every() -> Iterator[Asked]:
    for path in sorted(BOOKS.rglob("*.cpy")):
        if (name := path.relative_to(BOOKS).as_posix()) not in PARTS | NOT_JUDGED.keys():
            yield Asked(name)


#: books that it does not take, each with the reason
NOT_JUDGED: Mapping[str, str] = {
    "source/sql.cpy": "EXEC SQL is for a preprocessor",
    "usages/dbcs.cpy": "DISPLAY-1 is not supported",
}
#: what it says otherwise than IBM, whom we follow: its row, and ours
DIFFERENT: Mapping[str, dict[str, str]] = {
    # 10 to 18 digits are aligned to 8 bytes, and to 4 by IBM ("Slack bytes")
    "sync/long-numbers.cpy": {
        "01 ALIGNED-ONES 0 17": "01 ALIGNED-ONES 0 13",
        "05 B 8 8": "05 B 4 8",
        "05 C 16 1": "05 C 12 1",
    },
    # a group begins with the slack bytes of its first item, and by IBM behind them
    "sync/ibm-slack-2.cpy": {"05 FIELD-O 7 5": "05 FIELD-O 8 4"},
    # slack bytes at the end of an occurrence stand before its last item, and by IBM behind that
    "sync/ibm-slack-3.cpy": {
        "10 COMP-NAME(1) 12 5": "10 COMP-NAME(1) 10 5",
        "10 COMP-NAME(10) 156 5": "10 COMP-NAME(10) 154 5",
    },
    "sync/tables.cpy": {"10 C(1) 7 1": "10 C(1) 6 1", "10 C(3) 15 1": "10 C(3) 14 1"},
    # SYNC of a group says nothing of its items, and by IBM it holds for each
    "sync/of-a-group.cpy": {
        "01 ALIGNED-ONES 0 8": "01 ALIGNED-ONES 0 12",
        "05 B 1 2": "05 B 2 2",
        "05 C 3 1": "05 C 4 1",
        "05 D 4 4": "05 D 8 4",
    },
    # the length of a record is that of the moment, of a table without an item
    "tables/depending-on.cpy": {"01 TABLES 0 2": "01 TABLES 0 62"},
    "tables/depending-on-from-zero.cpy": {"01 TABLES 0 8": "01 TABLES 0 308"},
    # one or two digits of COMP-5 take one byte, and two by IBM
    "usages/comp-5-of-two-digits.cpy": {"01 NATIVE-RECORD 0 4": "01 NATIVE-RECORD 0 5", "05 B 3 1": "05 B 3 2"},
    # of a PC; 4 bytes on z/OS
    "usages/pointer.cpy": {"01 POINTERS 0 11": "01 POINTERS 0 7", "05 P 3 8": "05 P 3 4"},
}
JUDGED = tuple(_every())


def rows_as_text(tables: Mapping[str, list[Row]]) -> str:
    """What is kept of judgements: a line for each item."""
    return "".join(f"{path}\n" + "".join(f"  {row}\n" for row in rows) for path, rows in tables.items())


def kept_tables(text: str) -> dict[str, list[Row]]:
    """What `rows_as_text` wrote."""
    tables: dict[str, list[Row]] = {}
    for line in text.splitlines():
        if not line.startswith(" "):
            rows = tables.setdefault(line, [])
            continue
        level, name, offset, length = re.sub(r" (?=[^()]*\))", "\0", line.strip()).split(" ")
        name, _, at = name.rstrip(")").partition("(")
        rows.append(Row(int(level), name, at.replace("\0", " "), int(offset), int(length)))
    return tables
