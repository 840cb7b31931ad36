"""Some cells of each column of a CSV, to propose what they mean: of its head, its middle and its tail."""

from __future__ import annotations

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.options.input_reading import InputReading
from etl_batch.values import KIB

_LOOK_BYTES = 16 * KIB  #: of the rows, that tell whether more is looked at
_HEAD_BYTES = 128 * KIB
_LATER_BYTES = 32 * KIB
_HEAD_ROWS = 1500
_TELLING_TYPES = ("percent", "money", "%", "bool(")
_QUOTE = '"'
#: every digit is a nought, every letter a small one
_SHAPE = bytes(
    ord("0") if chr(byte).isdigit() and byte < 128 else byte | 0x20 if 65 <= byte <= 90 else byte
    for byte in range(256)
)  # fmt: skip
#: of dates that are not written as ours
_DATES = (b"0.0.", b"0.00.", b"0/0/", b"0/00/", b"-0000", b"0-00-00 ", b"00-0-")
#: of numbers with anything but a comma between their thousands, which no type of ours reads
_THOUSANDS = tuple(f"0{sign}000".encode() for sign in (" ", "'", "\u2019", "\u00a0", "\u202f"))
#: of amounts, which a given type reads
_AMOUNTS = (
    "0%", "0 %", "0\u00a0%", "(0", "$0", "\u00a30", "\u20ac0", "\u20ac 0", "0\u20ac", "0 \u20ac", "0\u00a0\u20ac",
    "eur 0", "0 eur", "usd 0", "0 usd", "chf 0", "0 chf", "gbp 0", "0-\n", "0-\r", "0-;", "0-,", "0-\t",
)  # fmt: skip
_ENCODED_AMOUNTS = tuple(map(str.encode, _AMOUNTS))
_MONTHS = (b"jan", b"feb", b"mar", b"m\xc3\xa4r", b"mrz", b"apr", b"may", b"mai", b"jun", b"jul", b"aug", b"sep",
           b"oct", b"okt", b"nov", b"dec", b"dez")  # fmt: skip


def is_told(how: InputReading) -> bool:
    """Whether somebody said anything of how cells are written."""
    is_typed = how.types is not None and any(word in how.types for word in _TELLING_TYPES)
    return is_typed or how.trim or bool(how.null or how.date_format) or (how.decimal, how.thousands) != (None, None)


def looks_unlike_ours(file: CsvFile) -> bool:
    """Whether its first rows hold anything like a number with a decimal comma, or a date that is not written as ours.

    Quick, for it is asked of each CSV; that it is so means only that it is worth a closer look.
    """
    shape = file.some(file.data_start, _LOOK_BYTES).translate(_SHAPE)
    if any(one in shape for one in (*_DATES, *_THOUSANDS, *_ENCODED_AMOUNTS)):
        return True
    if b"0,0" in shape and (file.delimiter != ord(",") or _holds_quoted_comma(shape)):
        return True
    return any(
        b"0" + sign + month in shape for month in _MONTHS if month in shape for sign in (b"-", b" ", b"/", b".")
    ) or any(month in shape and b", 0000" in shape for month in _MONTHS)


def _holds_quoted_comma(shape: bytes) -> bool:
    """Whether a comma stands between digits within quotes."""
    return b'"' in shape and any(b"0,0" in part for part in shape.split(b'"')[1::2])


def columns_of(file: CsvFile) -> list[list[str]]:
    """Cells of each column, of rows that have as many as there are columns."""
    from etl_batch.sniffing.splitting import Way, split

    pieces = [_piece(file, at, length) for at, length in _places(file)]
    rows: list[list[str]] = []
    for lines in pieces:
        found = split(lines, Way(chr(file.delimiter), _QUOTE))
        rows += [row for row in found.cells if len(row) == file.columns] if found else []
    return [list(cells) for cells in zip(*rows, strict=True)] if rows else [[] for _ in file.names]


def _places(file: CsvFile) -> list[tuple[int, int]]:
    head = (file.data_start, _HEAD_BYTES)
    if file.size <= sum(head):
        return [head]
    middle = max(file.size // 2, sum(head))
    tail = max(file.size - _LATER_BYTES, middle + _LATER_BYTES)
    return [head, (middle, _LATER_BYTES), *([(tail, _LATER_BYTES)] if tail < file.size else [])]


def _piece(file: CsvFile, at: int, length: int) -> list[str]:
    """Whole lines."""
    content = file.some(at, length)
    if at > file.data_start:
        content = content[content.find(b"\n") + 1 :]
    if at + length < file.size:
        content = content[: content.rfind(b"\n") + 1]
    lines = content.decode("utf-8", "replace").split("\n")
    lines = [line.removesuffix("\r") for line in lines[: -1 if lines[-1] == "" else None]]
    return lines[:_HEAD_ROWS] if at == file.data_start else lines
