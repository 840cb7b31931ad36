"""The length of records, told by what repeats: right in files of many kinds, silent where nothing does."""

from __future__ import annotations

import random
import struct

import pytest

from etl_batch.layouts.record_length import WINDOW_BYTES, likely_lengths
from tests.data_makers.cobol import values


def lengths(content: bytes) -> list[int]:
    places = sorted({0, len(content) // 3, max(len(content) - WINDOW_BYTES, 0)})
    found = likely_lengths([content[at : at + WINDOW_BYTES] for at in places], len(content))
    assert all(0 < one.score <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    return [one.record_size for one in found]


def _customer(chance: random.Random) -> bytes:
    """A record as a mainframe has it, with a table of its own rhythm in it."""
    name = chance.choice(("ADA", "GRACE HOPPER", "EDSGER", "LI")).ljust(20)
    record = f"{chance.randrange(10**8):08}{name}".encode("cp037")
    record += bytes.fromhex(f"{chance.randrange(10**9):09}c") + struct.pack(">h", chance.randrange(-1000, 1000))
    months = (
        f"{chance.randrange(10**7):07}".encode("cp037") + struct.pack(">H", chance.randrange(500)) for _ in range(12)
    )
    return record + b"".join(months) + b"\x40" * 5


def _sale(chance: random.Random) -> bytes:
    """A record as a program on a PC writes it."""
    name = chance.choice((b"milk", b"bread and butter", b""))
    return struct.pack(
        "<iqd20s", chance.randrange(10**6), 1_700_000_000 + chance.randrange(10**6), chance.random(), name
    )


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (_customer, 148),
        (_sale, 40),
        (lambda chance: struct.pack("<ii", chance.randrange(10**5), chance.randrange(1000)), 8),
        (lambda chance: struct.pack("<dd", chance.random(), chance.gauss(0, 100)), 16),
        (lambda chance: f"{chance.randrange(10**6):<10}{chance.choice(('a', 'bbb', 'cccc')):<10}\n".encode(), 21),
    ],
)
@pytest.mark.parametrize("count", [40, 20_000])
def test_the_length_of_records_comes_first(make: object, size: int, count: int) -> None:
    chance = random.Random(count)
    content = b"".join(make(chance) for _ in range(count))  # type: ignore[operator]
    assert len(content) == size * count
    assert lengths(content)[0] == size


def test_records_of_a_cobol_program_of_every_usage() -> None:
    kept, chance = values.kept_records(), random.Random(5)
    size = len(kept) // 6
    content = b"".join(kept[at * size : at * size + size] for at in chance.choices(range(6), k=500))
    assert lengths(content)[0] == size


def test_a_length_that_does_not_divide_the_file_is_less_likely_and_says_so() -> None:
    chance = random.Random(1)
    content = b"".join(_customer(chance) for _ in range(3000))
    whole = likely_lengths([content[:WINDOW_BYTES]], len(content))[0]
    cut = likely_lengths([content[:WINDOW_BYTES]], len(content) - 30)[0]
    assert (whole.record_size, cut.record_size) == (148, 148)
    assert cut.score == pytest.approx(whole.score * 0.7, abs=0.002)
    assert whole.reason.endswith("; the file is 3,000 of them")
    assert cut.reason.endswith("; the file is no multiple: 118 bytes remain")


def test_line_ends_at_the_end_of_each_are_named() -> None:
    content = b"".join(b"%07d%9s\n" % (number, b"x" * (number % 7)) for number in range(3000))
    found = likely_lengths([content[:WINDOW_BYTES]], len(content))
    assert found[0].record_size == 17
    assert found[0].reason.endswith("; each ends with a line feed")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", bytes(100_000), b"\xff" * 99_999, random.Random(2).randbytes(400_000), b"ab"],
    ids=["nothing", "one byte", "zeros", "ones", "noise", "two bytes"],
)
def test_where_nothing_repeats_nothing_is_said(content: bytes) -> None:
    assert lengths(content) == []
