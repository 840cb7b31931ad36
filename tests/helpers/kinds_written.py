"""Records of several types and of unequal length with the tables that they are: a plain twin, record by record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

STORED = """
byte_order = "big"
[[field]]
name = "TYPE"
type = "str"
length = 2

[[record]]
name = "ORDER"
when = "TYPE = '01'"
key = "ID"
record_size = 17
[[record.field]]
name = "ID"
type = "u32"
[[record.field]]
name = "product"
type = "str"
length = 8

[[record]]
name = "LINE"
when = "TYPE in ('02', '03')"
parent = "ORDER"
key = ["quantity"]
[[record.field]]
name = "quantity"
type = "u8"
[[record.field]]
name = "value"
type = "i16"

[[record]]
name = "LONG"
when = "length = 21"
parent = "LINE"
[[record.field]]
name = "text"
type = "str"
length = 19
"""
ENDS = """
[[record]]
name = "HEADER"
when = "first and TYPE = '00'"
columns = "DATE"
[[record.field]]
name = "DATE"
type = "str"
length = 8

[[record]]
name = "TRAILER"
when = "last"
reconcile = {rows = "COUNT", sum = ["quantity", "TOTAL"]}
[[record.field]]
name = "COUNT"
type = "u16"
[[record.field]]
name = "TOTAL"
type = "u32"
"""
DATE = "20261130"
#: the same as lines of text: numbers are digits
IN_LINES = ("lines = true\n" + STORED + ENDS).replace('byte_order = "big"\n', "").replace("record_size = 17\n", "")
for _kind, _width in (("u32", 10), ("u8", 3), ("i16", 6), ("u16", 5)):
    IN_LINES = IN_LINES.replace(f'type = "{_kind}"', f'type = "{_kind}"\nlength = {_width}')


@dataclass
class Tables:
    """What records are: rows by tables, and bad ones by their numbers from 1."""

    records: list[bytes] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"ORDER": [], "LINE": [], "LONG": []})
    bad: list[tuple[str | None, int, str]] = field(default_factory=list)  #: table, number, what its reason begins with
    total: int = 0


@st.composite
def tables(draw: st.DrawFn, *, is_text: bool) -> Tables:
    """Any file of such records between a header and a trailer, which tells the truth."""
    writing = _Writing(draw, is_text)
    made = writing.made
    made.records.append(f"00{DATE}".encode())
    kinds: list[Callable[[], None]] = [
        writing.order, writing.line, writing.line, writing.line, writing.long, writing.unknown,
    ]  # fmt: skip
    if not is_text:
        kinds += [writing.short_order, writing.short_line, writing.long_line, writing.cut]
    for write in draw(st.lists(st.sampled_from(kinds), max_size=30)):
        write()
    made.records.append(b"99" + writing.number(len(made.records) - 1, 2, 5) + writing.number(made.total, 4, 10))
    return made


@dataclass
class _Key:
    """What a parent has for its children; None: it is too short."""

    value: int | None


@dataclass
class _Writing:
    """A file that is being written, and which records hold."""

    draw: st.DrawFn
    is_text: bool
    made: Tables = field(default_factory=Tables)
    its_order: _Key | None = None
    its_line: _Key | None = None

    def number(self, value: int, width: int, digits: int) -> bytes:
        return f"{value:{digits}d}".encode() if self.is_text else value.to_bytes(width, "big", signed=value < 0)

    def _bad(self, table: str | None, record: bytes, reason: str) -> None:
        self.made.records.append(record)
        self.made.bad.append((table, len(self.made.records), reason))

    def order(self) -> None:
        key = self.draw(st.integers(0, 2**32 - 1))
        product = self.draw(st.text("abÄ€" if self.is_text else "ab", min_size=1, max_size=8))
        cell = product.encode() if self.is_text else product.ljust(self.draw(st.integers(8, 11))).encode()
        self.made.records.append(b"01" + self.number(key, 4, 10) + cell)
        self.made.rows["ORDER"].append({"TYPE": "01", "ID": key, "product": product, "DATE": DATE})
        self.its_order, self.its_line = _Key(key), None

    def short_order(self) -> None:
        cut = self.draw(st.integers(2, 13))
        self._bad("ORDER", b"01234567890123"[:cut], f"the record ends after {cut} bytes, before field")
        self.its_order, self.its_line = _Key(None), None

    def line(self) -> None:
        name = self.draw(st.sampled_from(["02", "03"]))
        quantity, value = self.draw(st.integers(0, 255)), self.draw(st.integers(-32768, 32767))
        record = name.encode() + self.number(quantity, 1, 3) + self.number(value, 2, 6)
        self.made.total += quantity
        self.its_line = _Key(quantity)
        if (lacks := self._lacks_order()) is not None:
            self._bad("LINE", record, lacks)
            return
        self.made.records.append(record)
        key = self.its_order.value if self.its_order else None
        self.made.rows["LINE"].append({"TYPE": name, "quantity": quantity, "value": value, "ID": key, "DATE": DATE})

    def short_line(self) -> None:
        cut = self.draw(st.integers(2, 4))
        self._bad("LINE", b"02345"[:cut], f"the record ends after {cut} bytes, before field")
        self.its_line = _Key(None)

    def long_line(self) -> None:
        self._bad("LINE", b"023456", "the record has 6 bytes, 5 at the most by the layout")
        self.its_line = _Key(None)

    def long(self) -> None:
        text = self.draw(st.text("xy", min_size=19, max_size=19))
        record = b"50" + text.encode()
        lacks = self._lacks_order()
        if self.its_line is None:
            lacks = "no record LINE stands before it, whose key it would carry"
        elif lacks is None and self.its_line.value is None:
            lacks = "it would carry fields of LINE: the record "
        if lacks is not None:
            self._bad("LONG", record, lacks)
            return
        self.made.records.append(record)
        order = self.its_order.value if self.its_order else None
        quantity = self.its_line.value if self.its_line else None
        self.made.rows["LONG"].append({"TYPE": "50", "text": text, "ID": order, "quantity": quantity, "DATE": DATE})

    def unknown(self) -> None:
        record = b"77" + b"?" * self.draw(st.integers(0, 3))
        self._bad(None, record, "it is of none of the types of records that are known")

    def cut(self) -> None:
        self._bad(None, b"7", "it is of none of the types of records that are known")

    def _lacks_order(self) -> str | None:
        if self.its_order is None:
            return "no record ORDER stands before it, whose key it would carry"
        return "it would carry fields of ORDER: the record ends after" if self.its_order.value is None else None


def as_lines(records: Sequence[bytes], end: bytes) -> bytes:
    """Each on a line of its own."""
    return b"".join(record + end for record in records)
