"""Parquet inputs: nested, dictionaries, decimals, times, many row groups; damaged files, and rows out of range."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_PRODUCTS = ("MILK", "BREAD", "=1+1", "-5", "a;=1", "Käse", "")


def shop(rows: int, seed: int = 8) -> pa.Table:
    """Purchases, the product as a dictionary, some values null."""
    chance = random.Random(seed)
    products = [chance.choice((*_PRODUCTS, None)) for _ in range(rows)]
    return pa.table(
        {
            "product": pa.array(products, pa.string()).dictionary_encode(),
            "quantity": pa.array([chance.randrange(-2, 30) for _ in range(rows)], pa.int32()),
            "value": pa.array([chance.choice((None, chance.gauss(5, 2), 1.25)) for _ in range(rows)], pa.float64()),
        }
    )


def every(rows: int, seed: int = 9) -> pa.Table:
    """A column of each type that is read, with nulls."""
    chance = random.Random(seed)

    def column(kind: pa.DataType, make: Any) -> pa.Array:  # noqa: ANN401 - a value of any type
        return pa.array([None if chance.random() < 0.1 else make() for _ in range(rows)], kind)

    def text() -> str:
        return chance.choice(("=1", "x", "a,b", 'q"', "ä\nb", ""))

    def instant() -> int:
        return chance.randrange(-(10**9), 2 * 10**9)

    nested = pa.struct([("x", pa.int32()), ("t", pa.string()), ("l", pa.list_(pa.float64()))])
    made = {
        "i8": column(pa.int8(), lambda: chance.randrange(-128, 128)),
        "u64": column(pa.uint64(), lambda: chance.randrange(2**64)),
        "f16": pa.array(np.array([chance.gauss(0, 9) for _ in range(rows)], np.float16)),
        "f32": column(pa.float32(), lambda: chance.choice((0.1, -0.0, 1e30, chance.random()))),
        "f64": column(pa.float64(), lambda: chance.choice((float("nan"), float("inf"), 5.0, chance.random()))),
        "flag": column(pa.bool_(), lambda: chance.random() < 0.5),
        "text": column(pa.string(), text),
        "large": column(pa.large_string(), text),
        "nothing": pa.nulls(rows),
        "raw": column(pa.binary(), lambda: chance.randbytes(chance.randrange(5))),
        "fixed": column(pa.binary(3), lambda: chance.randbytes(3)),
        "day": column(pa.date32(), lambda: chance.randrange(-700_000, 2_900_000)),
        "day64": column(pa.date64(), lambda: 86_400_000 * chance.randrange(-700_000, 2_900_000)),
        "at_ms": column(pa.timestamp("ms", "UTC"), lambda: instant() * 1000),
        "at_us": column(pa.timestamp("us", "Europe/Berlin"), lambda: instant() * 10**6 + 7),
        "at_ns": column(pa.timestamp("ns"), lambda: instant() * 10**9 + 123_456_789),
        "time": column(pa.time64("us"), lambda: chance.randrange(86_400 * 10**6)),
        "time_ns": column(pa.time64("ns"), lambda: chance.randrange(86_400 * 10**9)),
        "span": column(pa.duration("ms"), lambda: chance.randrange(-(10**9), 10**9)),
        "money": column(pa.decimal128(10, 2), lambda: Decimal(chance.randrange(-(10**9), 10**9)).scaleb(-2)),
        "huge": column(pa.decimal256(50, 4), lambda: Decimal(chance.randrange(10**45)).scaleb(-4)),
        "list": column(pa.list_(pa.int64()), lambda: chance.choices((None, 1, -5), k=chance.randrange(4))),
        "struct": column(nested, lambda: {"x": chance.choice((None, 3)), "t": text(), "l": [0.5, float("nan")]}),
        "map": column(pa.map_(pa.string(), pa.int32()), lambda: [("k", 1), ("=x", None)][: chance.randrange(3)]),
        "days": column(pa.list_(pa.date32()), lambda: [dt.date(2017, 1, chance.randrange(1, 29))]),
    }
    return pa.table(made)


def out_of_range() -> pa.Table:
    """Rows with a date, a timestamp and a time that no calendar has, and a text that is not UTF-8."""
    bad_text = pa.Array.from_buffers(
        pa.string(), 5, [None, pa.py_buffer(np.array([0, 1, 2, 3, 4, 5], np.int32)), pa.py_buffer(b"abc\xffe")]
    )
    inner = pa.array([{"at": at} for at in (0, 5, 0, 1, -(10**18))], pa.struct([("at", pa.int64())]))
    return pa.table(
        {
            "a": pa.array([1, 2, 3, 4, 5], pa.int32()),
            "text": bad_text,
            "day": pa.array([0, 4_000_000, 0, 0, 0], pa.int32()).view(pa.date32()),
            "when": pa.array([0, 0, 10**18, 0, 0], pa.int64()).view(pa.timestamp("us", "UTC")),
            "inner": inner.cast(pa.struct([("at", pa.timestamp("us"))])),
        }
    )


def int96(home: Path) -> None:
    """Old timestamps, some of them with digits below the microsecond."""
    moments = pa.array([10**15, 10**15 + 1_000, 10**15 + 1, 5], pa.int64()).view(pa.timestamp("ns"))
    pq.write_table(pa.table({"at": moments}), home / "data" / "int96.parquet", use_deprecated_int96_timestamps=True)


def damaged(home: Path) -> None:
    """Copies of a sound file, each damaged in a way of its own."""
    sound = (home / "data" / "shop.parquet").read_bytes()
    ways = {
        "cut.parquet": sound[:-7],
        "no_end.parquet": sound[: len(sound) // 2],
        "magic.parquet": b"XAR1" + sound[4:],
        "length.parquet": sound[:-8] + b"\xff\xff\xff\x7f" + sound[-4:],
        "footer.parquet": sound[:-60] + b"\xff" * 40 + sound[-20:],
        "page.parquet": sound[:200] + bytes([sound[200] ^ 0xFF]) + sound[201:],
        "tiny.parquet": b"PAR1",
        "nothing.parquet": b"",
        "text.parquet": b"a,b\n1,2\n",
    }
    for name, content in ways.items():
        (home / "data" / name).write_bytes(content)


def make(home: Path) -> None:
    """Everything that the scene of Parquet inputs reads."""
    data = home / "data"
    pq.write_table(shop(9_000), data / "shop.parquet", row_group_size=700, write_page_checksum=True)
    pq.write_table(every(1_200), data / "every.parquet", row_group_size=250, compression="zstd")
    pq.write_table(every(300, seed=10), data / "plain.parquet", use_dictionary=False, compression="none")
    pq.write_table(out_of_range(), data / "range.parquet")
    pq.write_table(pa.table({"a": pa.array([], pa.int32())}), data / "no_rows.parquet")
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), data / "twice.parquet")
    pq.write_table(shop(50).drop_columns(["value"]), data / "narrow.parquet")
    int96(home)
    damaged(home)
