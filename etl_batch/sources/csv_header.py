"""The header line of a CSV: its names, and where the data begins."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from etl_batch.errors import BadRow, FormatMagic, SchemaMismatch
from etl_batch.values import MIB

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_STEP_BYTES = 64 * 1024
_LONGEST_BYTES = 16 * MIB
_MEND = "mend the header line; every column needs a name of its own"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says."""

    names: tuple[str, ...]
    data_start: int  #: bytes


def read_header(descriptor: int, size: int, delimiter: str, what: str) -> Header:
    """Read the header of an open CSV.

    Args:
        descriptor: of the file.
        size: of the file, in bytes.
        delimiter: one ASCII character.
        what: the file, for messages.

    Raises:
        FormatMagic: it is not text in UTF-8.
        BadRow: its quotes are broken.
        SchemaMismatch: a name is used twice.
    """
    length = _STEP_BYTES
    while True:
        content = os.pread(descriptor, length, 0)
        whole = len(content) >= size
        try:
            return _parsed(content, delimiter, what, whole=whole)
        except _TooShort:
            if length >= _LONGEST_BYTES:
                raise FormatMagic(f"{what}: the header line is longer than {_LONGEST_BYTES // MIB} MiB") from None
            length *= 4


class _TooShort(Exception):
    """The header goes on behind what was read."""


def _parsed(content: bytes, delimiter: str, what: str, *, whole: bool) -> Header:
    if content[:2] in _OTHER_BOMS:
        encoding = _OTHER_BOMS[content[:2]]
        raise FormatMagic(f"{what} is not UTF-8: it begins as {encoding} does", mend=f"give --encoding {encoding}")
    at = len(_BOM) if content.startswith(_BOM) else 0
    mark = re.escape(delimiter.encode())
    cell = re.compile(rb'(?:"((?:[^"]++|"")*+)"|([^"\r\n' + mark + rb"]*))(" + mark + rb"|\r\n|\n|\Z)")
    names: list[str] = []
    while True:
        found = cell.match(content, at)
        if not whole and (found[3] == b"" if found else _may_go_on(content, at, mark)):
            raise _TooShort
        if found is None:
            _name(content[: content.find(b"\n", at) + 1] or content, 0, what)  # perhaps it is no text at all
            raise BadRow(
                f"{what}, header line: cell {len(names) + 1} (at byte {at}) has a broken quote or a lone CR", mend=_MEND
            )
        quoted, plain, end = found.groups()
        names.append(_name(plain if quoted is None else quoted.replace(b'""', b'"'), at, what))
        at = found.end()
        if end != delimiter.encode():
            break
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if name in seen:
            shown = repr(name) if name else "without a name"
            raise SchemaMismatch(f"{what}: column {number} is {shown}, as an earlier one is", mend=_MEND)
        seen.add(name)
    return Header(tuple(names), at)


def _may_go_on(content: bytes, at: int, mark: bytes) -> bool:
    """Whether more bytes could make a sound cell of what is none at the end of the content."""
    quoted = content[at : at + 1] == b'"'
    found = re.compile(rb'"(?:[^"]++|"")*+"' if quoted else rb'[^"\r\n' + mark + rb"]*").match(content, at)
    return found is None or found.end() + 1 >= len(content)


def _name(raw: bytes, at: int, what: str) -> str:
    try:
        name = raw.decode()
    except UnicodeDecodeError as error:
        raise FormatMagic(
            f"{what}, header line: byte {at + error.start} is not UTF-8",
            mend="give its --encoding (latin-1, cp1252 ...)",
        ) from None
    if "\0" in name:
        raise FormatMagic(f"{what}, header line: a NUL byte in the cell at byte {at}")
    return name
