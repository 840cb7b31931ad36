"""GnuCOBOL as the judge of copybooks: it is asked where each item lies, and how long it is.

A program takes each book in with COPY, and prints for every item how far its address is from that of its record, and
its LENGTH. Which items there are says the compiler itself, in the table of symbols of its listing: nothing of it comes
from our reader.

    python -m tests.data_makers.cobol.judge

asks it anew, and writes `judged.txt`. What it cannot judge stands in `books.py`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.data_makers.cobol.books import BOOKS, JUDGED, Asked, Row, rows_as_text

COMPILER = shutil.which("cobc")
TABLES = Path(__file__).parent / "judged.txt"
_SECONDS = 300
_SYMBOL = re.compile(
    r"^[\d ]{5} [A-Z]+ +(?P<level>\d\d) +(?P<name>[^\s,]+)(?:, REDEFINES \S+)?"
    r"(?:.*OCCURS (?:\d+ TO )?(?P<occurs>\d+))?"
)
_OURS = "JUDGE-"  #: what names of the program itself begin with


@dataclass(frozen=True)
class _Symbol:
    """A line of the compiler's table."""

    level: int
    name: str
    occurs: int  #: 0: it is no table


@dataclass(frozen=True)
class _Question:
    level: int
    name: str
    groups: tuple[str, ...]  #: from the innermost to the record, all with names
    occurs: tuple[int, ...]  #: of it and the groups around it, from the outermost


def judged(asked: tuple[Asked, ...] = JUDGED) -> dict[str, list[Row]]:
    """What the judge says of these books: each item in its first and in its last occurrence, without FILLERs.

    Raises:
        ValueError: a book is none to the compiler; with what it says.
    """
    programs = [
        line for number, one in enumerate(asked) for line in _program(f"P{number}", one, [*_questions(_symbols(one))])
    ]
    main = [
        "       IDENTIFICATION DIVISION.", "       PROGRAM-ID. JUDGE.", "       PROCEDURE DIVISION.",
        *(f'           CALL "P{number}".' for number in range(len(asked))), "           STOP RUN.",
        "       END PROGRAM JUDGE.",
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        source = Path(folder, "judge.cob")
        source.write_text("\n".join([*main, *programs]) + "\n")
        compiled("-x", "-o", f"{folder}/judge", str(source))
        done = subprocess.run([f"{folder}/judge"], capture_output=True, text=True, check=True, timeout=_SECONDS)
    found: dict[str, list[Row]] = {one.path: [] for one in asked}
    for line in done.stdout.splitlines():
        number, level, name, at, offset, length = line.split("|")
        found[asked[int(number)].path].append(Row(int(level), name, at, int(offset), int(length)))
    return found


def compiled(*words: str) -> None:
    """Run the compiler, with the words of IBM's dialect and our books to be copied.

    Raises:
        ValueError: with what it says.
    """
    if COMPILER is None:
        raise ValueError("cobc is not installed: apt-get install gnucobol3")
    command = [COMPILER, "-std=ibm", "-w", "-I", str(BOOKS), "-I", str(BOOKS / "source"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise ValueError(done.stderr)


def _symbols(one: Asked) -> Iterator[_Symbol]:
    with TemporaryDirectory() as folder:
        source, listing = Path(folder, "one.cob"), Path(folder, "one.lst")
        source.write_text("\n".join(_program("ONE", one, [])) + "\n")
        compiled("-fsyntax-only", "--tsymbols", "-t", str(listing), str(source))
        lines = listing.read_text().partition("SIZE  TYPE")[2].splitlines()
    for line in lines:
        match = _SYMBOL.match(line)
        if match is not None and match["level"] not in {"66", "88"} and not match["name"].startswith(_OURS):
            yield _Symbol(int(match["level"]), match["name"], int(match["occurs"] or 0))


def _questions(symbols: Iterator[_Symbol]) -> Iterator[_Question]:
    above: list[_Symbol] = []
    for one in symbols:
        while above and (above[-1].level >= one.level or one.level in {1, 77}):
            above.pop()
        above.append(one)
        if one.name != "FILLER":
            groups = tuple(each.name for each in reversed(above) if each.name != "FILLER")
            yield _Question(one.level, one.name, groups, tuple(each.occurs for each in above if each.occurs))


def _program(name: str, one: Asked, asked: list[_Question]) -> list[str]:
    return [
        "       IDENTIFICATION DIVISION.", f"       PROGRAM-ID. {name}.", "       DATA DIVISION.",
        "       WORKING-STORAGE SECTION.", *one.copied(),
        "       01  JUDGE-P USAGE POINTER.", "       01  JUDGE-P-N REDEFINES JUDGE-P PIC S9(18) COMP-5.",
        "       01  JUDGE-Q USAGE POINTER.", "       01  JUDGE-Q-N REDEFINES JUDGE-Q PIC S9(18) COMP-5.",
        "       01  JUDGE-OFFSET PIC 9(9).", "       01  JUDGE-LENGTH PIC 9(9).", "       PROCEDURE DIVISION.",
        *(line for each in asked for line in _asking(name.removeprefix("P"), each)),
        "           EXIT PROGRAM.", f"       END PROGRAM {name}.",
    ]  # fmt: skip


def _asking(number: str, one: _Question) -> Iterator[str]:
    for at in dict.fromkeys([(1,) * len(one.occurs), one.occurs]):
        subscripts = " ".join(map(str, at))
        item = "\n             OF ".join(one.groups) + (f"\n             ({subscripts})" if at else "")
        yield f"           SET JUDGE-P TO ADDRESS OF {one.groups[-1]}"
        yield f"           SET JUDGE-Q TO ADDRESS OF {item}"
        yield "           SUBTRACT JUDGE-P-N FROM JUDGE-Q-N GIVING JUDGE-OFFSET"
        yield f"           MOVE LENGTH OF {item} TO JUDGE-LENGTH"
        yield f'           DISPLAY "{number}|{one.level}|{one.name}|{subscripts}|"'
        yield '             JUDGE-OFFSET "|" JUDGE-LENGTH'


if __name__ == "__main__":
    TABLES.write_text(rows_as_text(judged()))
