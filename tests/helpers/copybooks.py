"""Copybooks made at random, each with what its columns are and how a record of values is written: a plain twin.

The twin writes a record byte by byte, occurrence by occurrence, and knows no offsets but how far it has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from textwrap import wrap
from typing import Any

from hypothesis import strategies as st

from tests.helpers.twins import ibm_bytes

ZONES = {"cp037": (0xF0, 0xC0, 0xD0), "ascii": (0x30, 0x30, 0x70)}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789.,-"


@dataclass
class Item:
    """An item of a book."""

    name: str  #: empty: FILLER
    clause: str = ""
    size: int = 0  #: of an elementary one
    occurs: int = 0  #: 0: it is no table
    aligned: int = 1
    inner: list[Item] = field(default_factory=list)
    values: st.SearchStrategy[Any] = field(default_factory=lambda: st.just(""))
    write: Callable[[Any, str], bytes] = lambda value, encoding: str(value).encode(encoding)
    instead: str = ""  #: of what it is another reading, all of it FILLER

    def lines(self, level: int = 5) -> Iterator[str]:
        """Its descriptions."""
        said = f"{level:02} {self.name or 'FILLER'}"
        said += f" REDEFINES {self.instead}" if self.instead else ""
        said += f" {self.clause}" if self.clause else ""
        said += f" OCCURS {self.occurs} TIMES" if self.occurs else ""
        said += " SYNC" if self.aligned > 1 else ""
        yield f"{said}."
        for one in self.inner:
            yield from one.lines(level + 5)

    def widest(self) -> int:
        """What the largest of its items is aligned to."""
        return max([self.aligned, *(one.widest() for one in self.inner)])

    def first(self) -> int:
        """What its first item is aligned to."""
        return self.inner[0].first() if self.inner else self.aligned


@dataclass
class Cell:
    """A column of a record: what is written there."""

    name: str
    offset: int
    size: int
    item: Item
    value: Any


@dataclass
class Record:
    """A record, as the twin writes it."""

    encoding: str
    draw: Callable[[st.SearchStrategy[Any]], Any]
    raw: bytearray = field(default_factory=bytearray)
    cells: list[Cell] = field(default_factory=list)

    def add_all(self, items: list[Item], suffix: str = "") -> None:
        """Write items one after another; another reading may be longer than what it is one of."""
        start = 0
        for item in items:
            if item.instead:
                self.raw += b"\xab" * (start + item.size - len(self.raw))
            else:
                self._fill_up(item.first())
                start = len(self.raw)
                self.add(item, suffix)

    def add(self, item: Item, suffix: str = "") -> None:
        """Write an item, all of its occurrences."""
        for number in range(1, max(item.occurs, 1) + 1):
            at = f"{suffix}_{number}" if item.occurs else suffix
            self._fill_up(item.first())
            start = len(self.raw)
            if item.inner:
                self.add_all(item.inner, at)
            else:
                self._write(item, at)
            if item.occurs and item.inner:
                self.raw += b"\xab" * (-(len(self.raw) - start) % item.widest())

    def _fill_up(self, boundary: int) -> None:
        while len(self.raw) % boundary:
            self.raw.append(0xAB)

    def _write(self, item: Item, suffix: str) -> None:
        value = self.draw(item.values)
        written = item.write(value, self.encoding)
        assert len(written) == item.size
        if item.name:
            self.cells.append(Cell(item.name.replace("-", "_") + suffix, len(self.raw), item.size, item, value))
        self.raw += written


def packed(value: Decimal, digits: int, scale: int, *, signed: bool) -> bytes:
    """COMP-3."""
    half = "d" if value < 0 else "c" if signed else "f"
    text = str(abs(int(value.scaleb(scale)))).rjust(digits + (digits + 1) % 2, "0")
    return bytes.fromhex(text + half)


def zoned(value: Decimal, digits: int, scale: int, encoding: str, *, signed: bool) -> bytes:
    """DISPLAY, the sign over the last digit."""
    plain, plus, minus = ZONES["cp037" if encoding == "cp037" else "ascii"]
    found = [plain + int(digit) for digit in str(abs(int(value.scaleb(scale)))).rjust(digits, "0")]
    zone = minus if value < 0 else plus if signed else plain
    return bytes([*found[:-1], zone + found[-1] - plain])


def signed_zoned(value: Decimal, digits: int, scale: int, encoding: str, clause: str) -> bytes:
    """DISPLAY with its sign where a SIGN clause puts it."""
    text = str(abs(int(value.scaleb(scale)))).rjust(digits, "0")
    if "SEPARATE" in clause:
        mark = "-" if value < 0 else "+"
        return (mark + text if "LEADING" in clause else text + mark).encode(encoding)
    plain, plus, minus = ZONES["cp037" if encoding == "cp037" else "ascii"]
    first = (minus if value < 0 else plus) + int(text[0])
    return bytes([first, *(plain + int(digit) for digit in text[1:])])


def numbers(digits: int, scale: int, *, signed: bool) -> st.SearchStrategy[Decimal]:
    """All that such a picture holds."""
    top = 10**digits - 1
    return st.integers(-top if signed else 0, top).map(lambda whole: Decimal(whole).scaleb(-scale))


def _picture(digits: int, scale: int, *, signed: bool) -> str:
    before = f"9({digits - scale})" if digits > scale else ""
    return f"PIC {'S' if signed else ''}{before}{f'V9({scale})' if scale else ''}"


@st.composite
def elementary(draw: st.DrawFn, name: str) -> Item:  # noqa: PLR0911 - one for each kind
    """An item without items, of any type that is read."""
    kind = draw(st.sampled_from(("text", "zoned", "sign", "packed", "binary", "native", "edited", "float")))
    signed = draw(st.booleans())
    digits = draw(st.integers(1, 18))
    scale = draw(st.integers(0, digits))
    if kind == "text":
        size = draw(st.integers(1, 12))
        texts = st.text(_LETTERS, max_size=size).map(str.rstrip)
        return Item(name, f"PIC X({size})", size, values=texts, write=lambda text, of: text.ljust(size).encode(of))
    if kind == "edited":
        shown = st.integers(0, 999).map(lambda whole: f"{whole:>6,}-")
        return Item(name, "PIC ZZ,ZZ9-", 7, values=shown, write=lambda text, of: text.encode(of))
    if kind == "zoned":
        said = _picture(digits, scale, signed=signed)
        return Item(name, said, digits, values=numbers(digits, scale, signed=signed),
                    write=lambda value, of: zoned(value, digits, scale, of, signed=signed))  # fmt: skip
    if kind == "sign":
        clause = draw(st.sampled_from(("SIGN IS LEADING", "TRAILING SEPARATE", "SIGN LEADING SEPARATE CHARACTER")))
        said = f"{_picture(digits, scale, signed=True)} {clause}"
        return Item(name, said, digits + ("SEPARATE" in clause), values=numbers(digits, scale, signed=True),
                    write=lambda value, of: signed_zoned(value, digits, scale, of, clause))  # fmt: skip
    if kind == "float":
        usage, size = draw(st.sampled_from((("COMP-1", 4), ("USAGE IS COMP-2", 8))))
        aligned = draw(st.sampled_from((1, size)))
        return Item(name, usage, size, aligned=aligned, values=st.integers(-9999, 9999).map(lambda whole: whole / 16),
                    write=lambda value, _: ibm_bytes(value, size))  # fmt: skip
    if kind == "packed":
        said = f"{_picture(digits, scale, signed=signed)} {draw(st.sampled_from(('COMP-3', 'USAGE PACKED-DECIMAL')))}"
        return Item(name, said, digits // 2 + 1, values=numbers(digits, scale, signed=signed),
                    write=lambda value, _: packed(value, digits, scale, signed=signed))  # fmt: skip
    usage = "COMP-5" if kind == "native" else draw(st.sampled_from(("COMP", "BINARY")))
    little = None if kind != "native" else "ascii"  #: of a PC's own numbers
    size = 2 if digits < 5 else 4 if digits < 10 else 8
    aligned = draw(st.sampled_from((1, min(size, 4))))
    return Item(name, f"{_picture(digits, scale, signed=signed)} {usage}", size, aligned=aligned,
                values=numbers(digits, scale, signed=signed),
                write=lambda value, of: int(value.scaleb(scale)).to_bytes(
                    size, "little" if of == little else "big", signed=signed))  # fmt: skip


@st.composite
def other_readings(draw: st.DrawFn, item: Item) -> list[Item]:
    """What redefines an item, without names, so that nothing is to be asked."""
    if not item.name or item.occurs or draw(st.integers(0, 3)):
        return []
    sizes = draw(st.lists(st.integers(1, 20), min_size=1, max_size=2))
    return [Item("", f"PIC X({size})", size, instead=item.name) for size in sizes]


@st.composite
def items(draw: st.DrawFn, names: Iterator[str], depth: int = 0) -> Item:
    """An item, perhaps a group or a table."""
    name = next(names)
    if depth < 3 and draw(st.integers(0, 3)) == 0:
        inner = [draw(items(names, depth + 1)) for _ in range(draw(st.integers(1, 3)))]
        found = Item(name, inner=[one for item in inner for one in (item, *draw(other_readings(item)))])
    else:
        found = draw(elementary(name if draw(st.integers(0, 5)) else ""))
    found.occurs = draw(st.sampled_from((0, 0, 0, 1, 2, 3)))
    return found


@st.composite
def books(draw: st.DrawFn) -> tuple[str, list[Item]]:
    """A book as text, and its items."""
    names = (f"{draw(st.sampled_from(('A', 'NAME-OF', 'C9')))}-{number}" for number in range(10_000))
    some = [draw(items(names)) for _ in range(draw(st.integers(1, 5)))]
    found = [one for item in some for one in (item, *draw(other_readings(item)))]
    found.append(draw(elementary(next(names))))
    lines = ["01 THE-RECORD.", *(line for item in found for line in item.lines())]
    return draw(written(lines)), found


@st.composite
def written(draw: st.DrawFn, lines: list[str]) -> str:
    """Descriptions in the fixed or in the free form, as people write them."""
    changed = draw(st.sampled_from((str.upper, str.lower, str.title)))
    made: list[str] = []
    is_free = draw(st.booleans())
    for number, line in enumerate(lines):
        words = changed(line).split()
        cut = draw(st.integers(2, len(words)))
        for piece in filter(None, (words[:cut], words[cut:])):
            cut_again = wrap(" ".join(piece), 60, break_long_words=False, break_on_hyphens=False)
            made += [text if is_free else f"{number:06} {text:65}X{number:07}" for text in cut_again]
        if draw(st.integers(0, 4)) == 0:
            made.append("* 05 no-item pic x." if is_free else f"{number:06}* 05 NO-ITEM PIC X.")
    return draw(st.sampled_from(("\n", "\r\n"))).join(made)


def record_of(book: list[Item], encoding: str, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Record:
    """A record of drawn values."""
    record = Record(encoding, draw)
    record.add_all(book)
    return record
