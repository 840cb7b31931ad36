"""Fixed-width text as a slow, obvious program writes it, with what each of its cells is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

RANGES = {"i8": 2**7, "i16": 2**15, "i32": 2**31, "i64": 2**63}
_LETTERS = {"utf-8": "abcÄß€李🙂 .,-", "iso8859-1": "abcÄß .,-", "cp037": "abcÄß .,-", "ascii": "abc .,-"}
ENDS = {"utf-8": ("\n", "\r\n", "\r"), "iso8859-1": ("\n", "\r\n"), "cp037": ("\x85", "\n", "\r\n"), "ascii": ("\n",)}


@dataclass(frozen=True)
class Written:
    """A file of lines."""

    toml: str
    content: bytes
    names: list[str]
    rows: list[tuple[Any, ...] | None]  #: of each line its cells; None: it is empty


@dataclass(frozen=True)
class _Column:
    name: str
    start: int  #: from 0
    width: int
    kind: str
    scale: int
    is_right: bool  #: numbers stand at the end

    def toml(self) -> str:
        said = f'[[field]]\nname = "{self.name}"\ntype = "{self.kind}"\noffset = {self.start}\nlength = {self.width}\n'
        said += f"scale = {self.scale}\n" if self.scale else ""
        return said + ('null = ""\n' if self.kind == "str" else 'nulls = ["blank"]\n')


@st.composite
def _columns(draw: st.DrawFn) -> list[_Column]:
    found, at = [], 0
    for number in range(draw(st.integers(1, 6))):
        at += draw(st.integers(0, 3))
        width = draw(st.integers(1, 24))
        kind = draw(st.sampled_from(("str", "str", *RANGES, "decimal", "f64")))
        scale = draw(st.integers(0, min(width, 6))) if kind == "decimal" else 0
        found.append(_Column(f"c{number}", at, width, kind, scale, draw(st.booleans())))
        at += width
    return found


@st.composite
def written_lines(draw: st.DrawFn) -> Written:
    """Any file of lines that a layout describes."""
    encoding = draw(st.sampled_from(("utf-8", "utf-8", *sorted(_LETTERS))))
    in_bytes = draw(st.booleans())
    columns = draw(_columns())
    end = draw(st.sampled_from(ENDS[encoding]))
    lines, rows = [], []
    for _ in range(draw(st.integers(0, 8))):
        cells = [draw(_cell(column, encoding, in_bytes=in_bytes)) for column in columns]
        line = _line(columns, [text for text, _ in cells], encoding, in_bytes=in_bytes)
        blank = " ".encode(encoding)
        line = line.rstrip(blank) if draw(st.booleans()) else line + blank * draw(st.integers(0, 3))
        lines.append(line)
        rows.append(tuple(value for _, value in cells) if line else None)
    while rows and rows[-1] is None:  # empty lines at the end are left out
        rows.pop()
        lines.pop()
    last = draw(st.sampled_from((b"", end.encode(encoding), 2 * end.encode(encoding)))) if lines else b""
    sub = draw(st.sampled_from((b"", "\x1a".encode(encoding))))
    toml = f'lines = true\nencoding = "{encoding}"\n' + ('columns = "bytes"\n' if in_bytes else "")
    return Written(
        toml + "".join(column.toml() for column in draw(st.permutations(columns))),
        end.encode(encoding).join(lines) + last + sub,
        [column.name for column in columns],
        rows,
    )


def _line(columns: list[_Column], texts: list[str], encoding: str, *, in_bytes: bool) -> bytes:
    blank = " ".encode(encoding)
    line = b""
    for column, text in zip(columns, texts, strict=True):
        gap = column.start - (len(line) if in_bytes else len(line.decode(encoding)))
        cell = text.encode(encoding)
        fill = blank * (column.width - (len(cell) if in_bytes else len(text)))
        is_right = column.is_right and column.kind != "str"
        line += blank * gap + (fill + cell if is_right else cell + fill)
    return line


@st.composite
def _cell(draw: st.DrawFn, column: _Column, encoding: str, *, in_bytes: bool) -> tuple[str, Any]:
    """What is written, and what it means."""
    if column.kind == "str":
        text = draw(st.text(st.sampled_from(_LETTERS[encoding]), max_size=column.width)).rstrip(" ")
        while in_bytes and len(text.encode(encoding)) > column.width:
            text = text[:-1].rstrip(" ")
        return text, text or None
    if draw(st.integers(0, 5)) == 0:
        return "", None
    if column.kind in RANGES:
        most = RANGES[column.kind]
        number = draw(st.integers(-most, most - 1).filter(lambda one: len(str(one)) <= column.width))
        return str(number), number
    if column.kind == "f64":
        whole = draw(st.integers(0, 10 ** min(column.width, 9) - 1))
        text = str(whole)
        if len(text) + 2 <= column.width and draw(st.booleans()):
            text = f"{text}.{draw(st.integers(0, 9))}"
        return text, float(text)
    digits = draw(st.integers(0, 10 ** min(column.width, 30) - 1))
    value = Decimal(digits).scaleb(-column.scale)
    pointed = f"{value:f}"
    if len(pointed) <= column.width and draw(st.booleans()):
        return pointed, value
    return str(digits), value
