"""Records of every USAGE and sign that a COBOL program wrote, and the values that it moved there.

Book and program are made from one table, so that what is read can be compared cell by cell. The records are kept:

    python -m tests.data_makers.cobol.values

makes them anew, by GnuCOBOL. As it runs on a PC, characters are ASCII, COMP-5 is little-endian and floats are IEEE.
Signs over digits are asked of it as z/OS has them (`-fsign=EBCDIC`: `12J` is -121), so that a file of z/OS differs from
this in its characters alone, in the order of COMP-5 and in its floats.
"""

from __future__ import annotations

import subprocess
from decimal import Decimal, localcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.data_makers.cobol.judge import compiled

KEPT = Path(__file__).parent / "values"
MOST_DIGITS = 38
_ROWS = 6


class Moved(NamedTuple):
    """A field, and what the program moves into it, record by record."""

    name: str
    clause: str
    values: tuple[str, ...]  #: numbers as text; fewer than records: from the first again

    @property
    def is_text(self) -> bool:
        """Whether the values are no numbers."""
        return "PIC X" in self.clause or "PIC A" in self.clause or "Z" in self.clause

    def value(self, row: int) -> str:
        """Of a record."""
        return self.values[row % len(self.values)]


def _whole(digits: int, *, signed: bool = True) -> tuple[str, ...]:
    top = "9" * digits
    return ("0", "1", top, *(("-1", f"-{top}", "-7") if signed else ("7", "5", "2")))


def _scaled(digits: int, scale: int, *, signed: bool = True) -> tuple[str, ...]:
    with localcontext(prec=MOST_DIGITS):
        return tuple(format(Decimal(value).scaleb(-scale), "f") for value in _whole(digits, signed=signed))


FIELDS = (
    Moved("T-X", "PIC X(8)", ("ADA", "", "A B C", "12345678", " X", "O'NEIL,")),
    Moved("T-A", "PIC A(3)", ("ABC", "Z", "")),
    Moved("T-J", "PIC X(5) JUST RIGHT", ("AB", "ABCDE")),
    Moved("Z-1", "PIC 9", _whole(1, signed=False)),
    Moved("Z-9", "PIC 9(9)", _whole(9, signed=False)),
    Moved("Z-18", "PIC 9(18)", _whole(18, signed=False)),
    Moved("Z-S", "PIC S9(5)", _whole(5)),
    Moved("Z-V", "PIC S9(7)V99", _scaled(9, 2)),
    Moved("Z-VV", "PIC SV9(4)", _scaled(4, 4)),
    Moved("Z-L", "PIC S9(3) SIGN LEADING", _whole(3)),
    Moved("Z-LS", "PIC S9(3)V9 SIGN LEADING SEPARATE", _scaled(4, 1)),
    Moved("Z-TS", "PIC S9(3) SIGN TRAILING SEPARATE", _whole(3)),
    Moved("Z-T", "PIC S9(4) SIGN IS TRAILING", _whole(4)),
    Moved("P-1", "PIC S9 COMP-3", _whole(1)),
    Moved("P-2", "PIC S99 COMP-3", _whole(2)),
    Moved("P-U", "PIC 9(4) COMP-3", _whole(4, signed=False)),
    Moved("P-V", "PIC S9(7)V99 COMP-3", _scaled(9, 2)),
    Moved("P-18", "PIC S9(18) PACKED-DECIMAL", _whole(18)),
    Moved("P-31", "PIC S9(29)V99 COMP-3", _scaled(31, 2)),
    Moved("B-1", "PIC S9 COMP", _whole(1)),
    Moved("B-4", "PIC S9(4) COMP", _whole(4)),
    Moved("B-5", "PIC S9(5) COMP-4", _whole(5)),
    Moved("B-9", "PIC S9(9) BINARY", _whole(9)),
    Moved("B-10", "PIC S9(10) COMP", _whole(10)),
    Moved("B-18", "PIC S9(18) COMP", _whole(18)),
    Moved("B-U4", "PIC 9(4) COMP", _whole(4, signed=False)),
    Moved("B-U9", "PIC 9(9) COMP", _whole(9, signed=False)),
    Moved("B-U18", "PIC 9(18) COMP", _whole(18, signed=False)),
    Moved("B-V", "PIC S9(5)V9(3) COMP", _scaled(8, 3)),
    Moved("B-UV", "PIC 9(8)V9 COMP", _scaled(9, 1, signed=False)),
    Moved("N-4", "PIC S9(4) COMP-5", ("0", "1", "32767", "-1", "42", "-7")),
    Moved("N-9", "PIC S9(9) COMP-5", ("0", "1", "2147483647", "-1", "-2147483648", "42")),
    Moved("N-18", "PIC S9(18) COMP-5", ("0", "1", "999999999999999999", "-1", "42", "-7")),
    Moved("N-U4", "PIC 9(4) COMP-5", ("0", "1", "65535", "42")),
    Moved("F-1", "COMP-1", ("0", "1.5", "-2.25", "1024", "-0.125", "0.5")),
    Moved("F-2", "COMP-2", ("0", "1.5", "-2.25", "123456789.0625", "-0.125", "0.5")),
    Moved("E-1", "PIC ZZ,ZZ9.99-", ("     0.00", "     1.50", "12,345.67", "     1.50-", "   999.00-", "     0.07")),
)


def book() -> str:
    """The copybook of these fields."""
    return "".join([
        "      * Made by values.py: a field for each USAGE and sign.\n", "       01  VALUES-RECORD.\n",
        *(f"           05  {field.name:8}{field.clause}.\n" for field in FIELDS),
    ])  # fmt: skip


def program() -> str:
    """The program that moves the values and writes the records."""
    moves = []
    for row in range(_ROWS):
        moves += ["           MOVE LOW-VALUES TO VALUES-RECORD."]
        for field in FIELDS:
            value = field.value(row)
            literal = "'" + value.replace("'", "''") + "'" if field.is_text else value
            if field.clause.startswith("PIC ZZ"):
                literal = value.replace(",", "").strip().rstrip("-")
                literal = f"-{literal}" if value.endswith("-") else literal
            moves += [f"           MOVE {literal or 'SPACES'} TO {field.name}."]
        moves += ["           WRITE VALUES-RECORD."]
    return "\n".join([
        "       IDENTIFICATION DIVISION.", "       PROGRAM-ID. VALUES-OF.", "       ENVIRONMENT DIVISION.",
        "       INPUT-OUTPUT SECTION.", "       FILE-CONTROL.",
        '           SELECT OUT-FILE ASSIGN TO "records.dat"', "           ORGANIZATION IS SEQUENTIAL.",
        "       DATA DIVISION.", "       FILE SECTION.", "       FD  OUT-FILE.", '       COPY "values.cpy".',
        "       PROCEDURE DIVISION.", "           OPEN OUTPUT OUT-FILE.", *moves, "           CLOSE OUT-FILE.",
        "           STOP RUN.", "",
    ])  # fmt: skip


def written() -> bytes:
    """The records, as the program writes them here and now.

    Raises:
        ValueError: the compiler is not there, or does not take it; with what it says.
    """
    with TemporaryDirectory() as folder:
        Path(folder, "values.cpy").write_text(book())
        Path(folder, "values.cob").write_text(program())
        compiled("-fsign=EBCDIC", "-I", folder, "-x", "-o", f"{folder}/values", f"{folder}/values.cob")
        subprocess.run([f"{folder}/values"], cwd=folder, check=True, timeout=60)
        return Path(folder, "records.dat").read_bytes()


def kept_records() -> bytes:
    """The records that are kept, one a line in hexadecimal."""
    return bytes.fromhex((KEPT / "records.hex").read_text())


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    (KEPT / "values.cpy").write_text(book())
    (KEPT / "values.cob").write_text(program())
    records = written()
    size = len(records) // _ROWS
    (KEPT / "records.hex").write_text(
        "".join(records[at : at + size].hex() + "\n" for at in range(0, len(records), size))
    )
