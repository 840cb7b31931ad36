"""Every field type through a whole job. The workers load their kernels from the cache, as a user's do."""

from __future__ import annotations

import datetime as dt
import struct
from decimal import Decimal

import duckdb
import polars as pl
import pyarrow.parquet as pq

from etl_batch.etl_core import run
from tests.conftest import Home

LAYOUT = """
record_size = 120
byte_order = "big"
encoding = "cp037"
""" + "".join(
    f'[[field]]\nname = "{name}"\ntype = "{kind}"\n{more}\n'
    for name, kind, more in (
        ("i8", "i8", ""), ("i16", "i16", ""), ("i32", "i32", "null = -1"), ("i64", "i64", ""), ("u8", "u8", ""),
        ("u16", "u16", ""), ("u32", "u32", ""), ("u64", "u64", ""), ("f32", "f32", ""), ("f64", "f64", ""),
        ("flag", "bool", 'null = "0xff"'), ("text", "str", "length = 8"), ("raw", "bytes", "length = 3"),
        ("at_s", "timestamp", 'unit = "s"\nlength = 4'), ("at_ns", "timestamp", 'unit = "ns"'), ("day", "date", ""),
        ("money", "decimal", "scale = 2"), ("packed", "packed", "length = 4\nscale = 2"),
        ("wide", "packed", "length = 19\nscale = 5"), ("zoned", "zoned", "length = 5\nscale = 1"),
    )
)  # fmt: skip
PLAIN = struct.Struct(">bhiqBHIQfdB")
WIDE = "1234567890123456789012345678901234567"


def _record(sign: int) -> bytes:
    negative = sign < 0
    return (
        PLAIN.pack(
            -128,
            -30000,
            -1 if negative else 7,
            -(2**63),
            255,
            65535,
            2**32 - 1,
            2**64 - 1,
            0.1,
            -1e300,
            255 if negative else 1,
        )
        + "Ärger=1".encode("cp037").ljust(8, b"\x40")
        + b"\x00\xab\xff"
        + struct.pack(">iqi", -1, 1_500_000_000_123_456_789, -719_162)
        + struct.pack(">q", sign * 123_456)
        + bytes.fromhex("0012345" + ("d" if negative else "c"))
        + bytes.fromhex(WIDE + ("d" if negative else "c"))
        + (b"\xf0\xf0\xf1\xf2" + (b"\xd3" if negative else b"\xc3"))
    ).ljust(120, b"\x99")


def test_every_type_reaches_csv_and_parquet(home: Home) -> None:
    home.put("all.bin", _record(1) + _record(-1), LAYOUT)
    run(
        home.config(
            output_csv=f"{home.output}/a.csv", output_parquet=f"{home.output}/a.parquet", chunk_bytes=120, workers=2
        )
    )
    common = "-9223372036854775808,255,65535,4294967295,18446744073709551615,0.1,-1e+300"
    rest = "Ärger=1,00abff,1969-12-31T23:59:59.000000Z,2017-07-14T02:40:00.123456789Z,0001-01-01"
    lines = (home.output / "a.csv").read_text().splitlines()[1:]
    wide = f"{WIDE[:-5]}.{WIDE[-5:]}"
    assert lines == [
        f"-128,-30000,7,{common},true,{rest},1234.56,123.45,{wide},12.3",
        f"-128,-30000,,{common},,{rest},-1234.56,-123.45,-{wide},-12.3",
    ]
    path = home.output / "a.parquet"
    rows = pq.read_table(path, page_checksum_verification=True).drop_columns(["at_ns"]).to_pylist()
    assert pq.ParquetFile(path).num_row_groups == 2
    assert rows[1]["i32"] is None
    assert rows[0]["u64"] == 2**64 - 1
    assert rows[0]["text"] == "Ärger=1"
    assert rows[0]["at_s"] == dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    assert rows[0]["day"] == dt.date(1, 1, 1)
    assert [row["money"] for row in rows] == [Decimal("1234.56"), Decimal("-1234.56")]
    assert [row["wide"] for row in rows] == [Decimal(wide), Decimal(f"-{wide}")]
    frame = pl.read_parquet(path)
    assert frame["zoned"].to_list() == [Decimal("12.3"), Decimal("-12.3")]
    assert frame["i8"].to_list() == [-128, -128]
    assert duckdb.execute("select sum(u16), count(flag) from read_parquet(?)", [str(path)]).fetchone() == (131070, 1)
