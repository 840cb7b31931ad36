"""Which records a condition holds for, told one by one."""

from __future__ import annotations

import numpy as np
import pytest

from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import Stretch, holds
from etl_batch.layouts.condition_fields import settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.layout import Field

KIND = Field(name="kind", type="str", offset=0, length=2, encoding="cp037", null="-")
SIZE = Field(name="size", type="packed", offset=2, length=3, scale=1, null=-1)
COUNT = Field(name="count", type="i16", offset=5, length=2, big_endian=True)
PLAIN = Field(name="plain", type="str", offset=0, length=2, encoding="ascii")
FIELDS = {field.name: field for field in (KIND, SIZE, COUNT, PLAIN)}


def record(kind: bytes, size: str, count: int) -> bytes:
    return kind + bytes.fromhex(size) + count.to_bytes(2, signed=True)


RECORDS = [
    record("X ".encode("cp037"), "00035c", 3),
    record("X".encode("cp037") + b"\0", "00040c", 4),
    record("XY".encode("cp037"), "00035d", -3),
    record("- ".encode("cp037"), "00001d", 0),
    record(b"X\0", "xx0000".replace("x", "f"), 3),
]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("kind = 'X'", [0, 1]),
        ("kind != 'X'", [2, 3, 4]),
        ("kind = '-'", []),
        ("kind in ('XY', 'X')", [0, 1, 2]),
        ("kind = 0xE740", [0]),
        ("plain = 'X'", [4]),
        ("kind = 0x5800 and size = 0xFF0000", [4]),
        ("size = 3.5", [0]),
        ("size = 3.55", []),
        ("size != 3.55", [0, 1, 2, 3]),
        ("size != 3.5", [1, 2, 3]),
        ("size > 3.49", [0, 1]),
        ("size >= 3.51", [1]),
        ("size > 3.5", [1]),
        ("size < 3.5", [2]),
        ("size <= 3.5", [0, 2]),
        ("count > 3", [1]),
        ("count > 3.5", [1]),
        ("count >= 3.5", [1]),
        ("count < 3.5", [0, 2, 3, 4]),
        ("count <= 3.5", [0, 2, 3, 4]),
        ("count = 3.5", []),
        ("count > 99999", []),
        ("count < 0 or count = 4", [1, 2]),
        ("count = 3 and kind = 'X'", [0]),
        ("first", [0]),
        ("not first", [1, 2, 3, 4]),
        ("last", [4]),
        ("length = 7", [0, 1, 2, 3, 4]),
        ("length > 7", []),
    ],
)
def test_records_that_it_holds_for(text: str, rows: list[int]) -> None:
    content = np.frombuffer(b"".join(RECORDS), np.uint8).reshape(5, -1)
    found = holds(settled(read_condition(text), FIELDS), FIELDS, Records(content), Stretch(0, 5))
    assert np.flatnonzero(found).tolist() == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("wide = 18446744073709551621", [2]),
        ("wide != 18446744073709551621", [0, 1, 3]),
        ("wide > 18446744073709551619", [2, 3]),
        ("wide >= 36893488147419103233", [3]),
        ("wide < 18446744073709551621", [0, 1]),
        ("wide <= -18446744073709551616", [0]),
        ("wide > 5.5", [2, 3]),
    ],
)
def test_numbers_of_two_words_are_compared_as_one(text: str, rows: list[int]) -> None:
    """The lower word decides where the higher ones are equal, and nowhere else."""
    wide = Field(name="wide", type="packed", offset=0, length=13)
    numbers = [-(1 << 64) - 3, 5, (1 << 64) + 5, (1 << 65) + 1]
    packed = [bytes.fromhex(f"{abs(number):025d}{'d' if number < 0 else 'c'}") for number in numbers]
    content = np.frombuffer(b"".join(packed), np.uint8).reshape(len(numbers), -1)
    found = holds(settled(read_condition(text), {"wide": wide}), {"wide": wide}, Records(content), Stretch(0, 4))
    assert np.flatnonzero(found).tolist() == rows


def test_which_records_they_are() -> None:
    content = np.frombuffer(b"".join(RECORDS), np.uint8).reshape(5, -1)
    stretch = Stretch(2, 7, np.array([7, 7, 6, 7, 5], np.uint32))

    def found(text: str) -> list[int]:
        return np.flatnonzero(holds(read_condition(text), FIELDS, Records(content), stretch)).tolist()

    assert found("first") == []
    assert found("last") == [4]
    assert found("length in (5, 6)") == [2, 4]
    assert found("length not in (5, 6)") == [0, 1, 3]


def test_no_records() -> None:
    nothing = Records(np.empty((0, 7), np.uint8))
    for text in ("kind = 'X'", "size > 3", "count = 3", "first", "length = 7", "plain = 'X'"):
        assert holds(read_condition(text), FIELDS, nothing, Stretch(0, 0)).tolist() == []
