"""Files of several types of records: orders, their lines, what is packed into a line; a header and a trailer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

SIZE = 24
LAYOUT = """
record_size = 24
[[field]]
name = "TYPE"
type = "str"
length = 2

[[record]]
name = "ORDER"
when = "TYPE = '01'"
key = "ORDER_ID"
[[record.field]]
name = "ORDER_ID"
type = "u32"
[[record.field]]
name = "product"
type = "str"
length = 8

[[record]]
name = "LINE"
when = "TYPE in ('02', '03')"
parent = "ORDER"
[[record.field]]
name = "quantity"
type = "u8"
[[record.field]]
name = "value"
type = "decimal"
length = 4
scale = 2
[[record.field]]
name = "is_gift"
type = "bool"

[[record]]
name = "NOTE"
when = "TYPE = '09'"
[[record.field]]
name = "text"
type = "str"
length = 22
"""


def order(number: int, product: str = "tea") -> bytes:
    return _padded(b"01" + number.to_bytes(4, "little") + product.encode().ljust(8))


def line(quantity: int, cents: int, *, kind: str = "02", gift: int = 0) -> bytes:
    return _padded(kind.encode() + bytes([quantity]) + cents.to_bytes(4, "little", signed=True) + bytes([gift]))


def note(text: str) -> bytes:
    return b"09" + text.encode().ljust(22)


def _padded(record: bytes) -> bytes:
    return record.ljust(SIZE, b"\0")


@dataclass
class Expected:
    """What tables such records become, as the lines of CSVs without their names of columns."""

    orders: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad: list[tuple[str, int]] = field(default_factory=list)  #: table and number of each bad row, from 1


def some_orders(count: int, seed: int = 0, *, bad: Sequence[str] = ()) -> tuple[bytes, Expected]:
    """Many records; `bad`: of which kinds some are: value, orphan, unknown."""
    chance, expected = random.Random(seed), Expected()
    records: list[bytes] = []
    if "orphan" in bad:
        records.append(line(1, 1))
        expected.bad.append(("LINE", 1))
    while len(records) < count:
        number = chance.randrange(1 << 32)
        product = chance.choice(["tea", "coffee", "=1+1"])
        records.append(order(number, product))
        shown = "\"'" + product + '"' if product.startswith("=") else product
        expected.orders.append(f"01,{number},{shown}")
        for _ in range(chance.randrange(4)):
            if "value" in bad and chance.random() < 0.1:
                records.append(line(1, 1, gift=7))
                expected.bad.append(("LINE", len(records)))
                continue
            kind, quantity, cents = chance.choice(["02", "03"]), chance.randrange(256), chance.randrange(-99999, 99999)
            records.append(line(quantity, cents, kind=kind))
            amount = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
            expected.lines.append(f"{kind},{quantity},{amount},false,{number}")
        if chance.random() < 0.05:
            records.append(note(f"after {number}"))
            expected.notes.append(f"09,after {number}")
        if "unknown" in bad and chance.random() < 0.05:
            records.append(b"77".ljust(SIZE, b"?"))
            expected.bad.append(("", len(records)))
    return b"".join(records), expected


ENDS = """
[[record]]
name = "HEADER"
when = "first"
columns = ["DATE"]
[[record.field]]
name = "DATE"
type = "str"
length = 8

[[record]]
name = "TRAILER"
when = "last"
reconcile = {rows = "COUNT", sum = ["value", "TOTAL"]}
[[record.field]]
name = "COUNT"
type = "zoned"
length = 6
[[record.field]]
name = "TOTAL"
type = "packed"
length = 8
scale = 2
"""


def with_ends(content: bytes, *, count: int | None = None, cents: int | None = None) -> bytes:
    """Records between a header and a trailer, which says what they come to, or else something wrong."""
    records = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
    lines = [one for one in records if one[:2] in (b"02", b"03")]
    total = sum(int.from_bytes(one[3:7], "little", signed=True) for one in lines) if cents is None else cents
    packed = bytes.fromhex(f"{abs(total):015d}{'d' if total < 0 else 'c'}")
    number = len(records) if count is None else count
    return _padded(b"0020261130") + content + _padded(b"99" + f"{number:06d}".encode() + packed)
