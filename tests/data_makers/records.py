"""A small record layout with one field of most kinds, and records of it."""

from __future__ import annotations

import random
import struct

LAYOUT = """
record_size = 40
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
[[field]]
name = "price"
type = "f64"
[[field]]
name = "paid"
type = "bool"
offset = 39
"""
RECORD_SIZE = 40
PRODUCTS = ("MILK", "=1+1", 'a "b", c', "Ünï", "", "-5", "'=x", "BREAD")


def record(number: int, product: str = "MILK", paid: int = 1) -> bytes:
    """One good record, unless told otherwise."""
    packed = struct.pack("<I12sqid", number, product.encode(), 1_483_268_006 + number, number % 7 - 3, number * 0.37)
    return packed.ljust(RECORD_SIZE - 1, b"\xee") + bytes([paid])


def records(count: int, seed: int = 0) -> bytes:
    """Good records with all kinds of product."""
    chosen = random.Random(seed)
    return b"".join(record(number, chosen.choice(PRODUCTS), number % 2) for number in range(count))
