"""Binary inputs: every type of a layout, both byte orders, EBCDIC and ASCII, nulls, headers, and broken records."""

from __future__ import annotations

import random
import struct
from pathlib import Path

PRODUCTS = ("MILK", "=1+1", 'a "b", c', "Ünï", "", "-5", "'=x", "BREAD", "@SUM(A1)", "a;=2|+3")

SHOP_LAYOUT = """
record_size = 44
[[field]]
name = "id"
type = "u32"
[[field]]
name = "product"
type = "str"
length = 12
null = ""
[[field]]
name = "sold_at"
type = "timestamp"
unit = "s"
[[field]]
name = "quantity"
type = "i32"
null = -99
[[field]]
name = "value"
type = "f64"
[[field]]
name = "paid"
type = "bool"
offset = 43
"""


def shop_records(count: int, seed: int = 1) -> bytes:
    """Records of `SHOP_LAYOUT`, with three bytes of filler."""
    chance = random.Random(seed)
    rows = (
        struct.pack(
            "<I12sqid", number, chance.choice(PRODUCTS).encode(), 1_483_268_006 + 61 * number,
            chance.choice((-99, 0, 1, 2, 3, 12)), round(chance.lognormvariate(2, 1), 2),
        ) + b"\xee\xee\xee" + bytes([number % 2])  # the filler: bytes 36 to 38, then 39 to 42
        for number in range(count)
    )  # fmt: skip
    return b"".join(row[:36] + row[36:39].ljust(7, b"\xee") + row[39:] for row in rows)


_EVERY = (
    ("i8", "i8", ""), ("i16", "i16", ""), ("i32", "i32", "null = -1"), ("i64", "i64", ""), ("u8", "u8", "null = 255"),
    ("u16", "u16", ""), ("u32", "u32", ""), ("u64", "u64", ""), ("f32", "f32", ""), ("f64", "f64", "null = nan"),
    ("flag", "bool", 'null = "0xff"'), ("text", "str", 'length = 8\nnull = "NONE"'), ("raw", "bytes", "length = 3"),
    ("at_s", "timestamp", 'unit = "s"\nlength = 4'), ("at_ns", "timestamp", 'unit = "ns"'),
    ("at_ms", "timestamp", 'unit = "ms"'), ("at_us", "timestamp", "null = 0"), ("day", "date", ""),
    ("day2", "date", "length = 2"), ("money", "decimal", "scale = 2"), ("cents", "decimal", "scale = 1\nlength = 2"),
    ("packed", "packed", 'length = 4\nscale = 2\nnull = "0x40404040"'), ("wide", "packed", "length = 19\nscale = 5"),
    ("zoned", "zoned", "length = 5\nscale = 1"), ("long_zoned", "zoned", "length = 20"),
)  # fmt: skip
_NUMBERS = ">bhiqBHIQfdB"


def every_layout(byte_order: str, encoding: str, *, header: int = 0, trailer: int = 0) -> str:
    """A layout with a field of every type; records of 178 bytes."""
    head = f'record_size = 178\nbyte_order = "{byte_order}"\nencoding = "{encoding}"\n'
    head += f"header_bytes = {header}\ntrailer_bytes = {trailer}\n"
    return head + "".join(f'[[field]]\nname = "{name}"\ntype = "{kind}"\n{more}\n' for name, kind, more in _EVERY)


def every_records(count: int, byte_order: str, encoding: str, seed: int = 2) -> list[bytearray]:
    """Good records of `every_layout`."""
    chance = random.Random(seed)
    return [_every_record(chance, "><"[byte_order == "little"], encoding) for _ in range(count)]


def _every_record(chance: random.Random, order: str, encoding: str) -> bytearray:
    def signed(bits: int) -> int:
        return chance.choice((-(2 ** (bits - 1)), -1, 0, 7, 2 ** (bits - 1) - 1, chance.randrange(2 ** (bits - 1))))

    def unsigned(bits: int) -> int:
        return chance.choice((0, 1, 2**bits - 1, chance.randrange(2**bits)))

    numbers = struct.pack(
        order + _NUMBERS[1:], signed(8), signed(16), signed(32), signed(64), unsigned(8), unsigned(16), unsigned(32),
        unsigned(64), chance.choice((0.1, -0.0, 1e30, chance.random())),
        chance.choice((float("nan"), float("inf"), -1e300, 5.0, chance.random())), chance.choice((0, 1, 255)),
    )  # fmt: skip
    text = chance.choice(("Ärger=1", "=1+1", "NONE", "", "a,b", '"q"', "x")).encode(encoding)
    blank = " ".encode(encoding)
    times = struct.pack(
        order + "iqqqihqh", signed(32), chance.randrange(10**18), chance.randrange(-(10**12), 10**12),
        chance.choice((0, chance.randrange(10**15))), chance.randrange(-700_000, 2_900_000), signed(16),
        chance.randrange(-(10**9), 10**9), signed(16),
    )  # fmt: skip
    packed = b"\x40" * 4 if chance.random() < 0.1 else _packed(chance.randrange(-(10**7) + 1, 10**7), 4)
    zoned = _zoned_ebcdic if encoding == "cp037" else _zoned_ascii
    return bytearray(
        numbers + text.ljust(8, blank) + chance.randbytes(3) + times + packed
        + _packed(chance.randrange(-(10**36), 10**36), 19) + zoned(chance.randrange(-99_999, 10**5), 5)
        + zoned(chance.randrange(10**19), 20)
    ).ljust(178, b"\x99")  # fmt: skip


def _packed(number: int, length: int) -> bytes:
    return bytes.fromhex(f"{abs(number):0{2 * length - 1}d}{'d' if number < 0 else 'c'}")


def _zoned_ebcdic(number: int, length: int) -> bytes:
    digits = [0xF0 + int(digit) for digit in f"{abs(number):0{length}d}"]
    return bytes([*digits[:-1], digits[-1] - (0x20 if number < 0 else 0x30)])


def _zoned_ascii(number: int, length: int) -> bytes:
    digits = f"{abs(number):0{length}d}"
    return (digits[:-1] + ("}JKLMNOPQR" if number < 0 else "{ABCDEFGHI")[int(digits[-1])]).encode()


#: what breaks a record of `every_layout`: the place of a byte, and what is put there
BREAKS = ((40, 7), (106, 0xFA), (110, 0x0B), (129, 0x41), (134, 0x41), (83, 0x7F))


def broken_records(count: int) -> bytes:
    """EBCDIC records, each seventh of them broken in turn by a row of `BREAKS`, and half a record at the end."""
    rows = every_records(count, "big", "cp037", seed=3)
    for turn, row in enumerate(rows[3::7]):
        place, byte = BREAKS[turn % len(BREAKS)]
        row[place] = byte
    return b"".join(rows) + b"half a record"


def put(home: Path, name: str, content: bytes, layout: str | None = None) -> None:
    """Write a data file, and its layout beside it."""
    (home / "data" / name).write_bytes(content)
    if layout is not None:
        (home / "data" / name).with_suffix(".layout.toml").write_text(layout)


def _one_field(size: int, kind: str) -> str:
    return f'record_size = {size}\n[[field]]\nname = "t"\ntype = "{kind}"\nlength = {size}\n'


def make(home: Path) -> None:
    """Everything that the scene of binary inputs reads."""
    put(home, "shop.bin", shop_records(12_000), SHOP_LAYOUT)
    put(home, "few.bin", shop_records(7, seed=9), SHOP_LAYOUT)
    ebcdic = b"".join(every_records(2_000, "big", "cp037"))
    put(home, "ebcdic.bin", b"H" * 16 + ebcdic + b"T" * 8, every_layout("big", "cp037", header=16, trailer=8))
    latin = b"".join(every_records(1_500, "little", "latin-1", seed=4))
    put(home, "latin.bin", latin, every_layout("little", "latin-1"))
    put(home, "broken.bin", broken_records(300), every_layout("big", "cp037"))
    put(home, "broken_whole.bin", broken_records(40)[: 40 * 178], every_layout("big", "cp037"))
    put(home, "utf8.bin", b"ab\xc3\x28x" + b"ok   " * 5, _one_field(5, "str"))
    put(home, "bad.bin", b"\x07" * 9, _one_field(1, "bool"))
    put(home, "years.bin", struct.pack("<qqq", 0, 2**62, 5), _one_field(8, "timestamp"))
    put(home, "other.toml", SHOP_LAYOUT.replace('"value"', '"price"').encode())
