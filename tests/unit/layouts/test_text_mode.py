"""Files that a transfer in text mode destroyed: each of the ways leaves its marks, and sound files have none."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.text_mode import text_mode
from tests.helpers.copybooks import packed

LAYOUT = """\
record_size = 15
encoding = "{}"
[[field]]
name = "name"
type = "str"
length = 8
[[field]]
name = "amount"
type = "packed"
length = 5
scale = 2
[[field]]
name = "visits"
type = "u16"
"""
RECORDS = 300


def layout(encoding: str = "cp037") -> Layout:
    return parse_layout(LAYOUT.format(encoding), "layout.toml")


def records(encoding: str = "cp037", *, signed: bool = True) -> bytes:
    chance = random.Random(8)
    return b"".join(
        f"NAME{number:04}".encode(encoding)
        + packed(Decimal(chance.randrange(10**9)), 9, 0, signed=signed)
        + chance.randrange(10**4).to_bytes(2)
        for number in range(RECORDS)
    )


def told(content: bytes, encoding: str = "cp037") -> str | None:
    return text_mode(layout(encoding), content, len(content))


@pytest.mark.parametrize("encoding", ["cp037", "ascii"])
@pytest.mark.parametrize("signed", [True, False])
def test_sound_files_show_nothing(encoding: str, signed: bool) -> None:
    content = records(encoding, signed=signed)
    assert told(content, encoding) is None
    assert told(content[:-4], encoding) is None
    assert told(content[3:], encoding) is None  # of another layout


def test_numbers_without_a_value_are_no_sign_of_it() -> None:
    for fill in (b"\0", b"@", b"\xff", b" "):
        content = b"".join(record[:8] + fill * 5 + record[13:] for record in _parts(records()))
        assert told(content) is None


def _parts(content: bytes) -> list[bytes]:
    return [content[at : at + 15] for at in range(0, len(content), 15)]


def test_translated_to_ascii_byte_by_byte() -> None:
    found = told(records().decode("cp037").encode("latin-1"), "ascii")
    assert found is not None
    assert found.endswith("are none, but are once they are translated from ASCII to EBCDIC again")


def test_translated_to_ascii_with_what_is_no_text_replaced() -> None:
    content = records().decode("cp037").encode("ascii", "replace")
    found = told(content, "ascii")
    assert found is not None
    assert found.endswith("bytes of them are 0x3F or 0x1A, which stand for what no text has")


def test_taken_for_utf8_and_written_again() -> None:
    found = told(records().decode("utf-8", "replace").encode())
    assert found is not None
    assert found.startswith("the replacement character of UTF-8 (EF BF BD) is ")


def test_line_feeds_of_ebcdic_made_those_of_others() -> None:
    found = told(records().replace(b"\x15", b"\n").replace(b"\x25", b"\n"))
    assert found is not None
    assert "hold 0x0A, which is no two digits, and none holds 0x15 or 0x25" in found


def test_line_ends_of_dos_put_in() -> None:
    content = records().replace(b"\n", b"\r\n")
    assert len(content) % 15
    found = told(content)
    assert found is not None
    assert found.startswith("its size is no multiple of 15, and before each of the ")


def test_a_few_numbers_that_are_none_are_bad_rows_only() -> None:
    content = b"".join(
        part[:8] + b"\x3f" * 5 + part[13:] if number % 9 == 0 else part for number, part in enumerate(_parts(records()))
    )
    assert told(content) is None


def test_line_feeds_beside_what_they_would_have_been_are_no_sign_of_it() -> None:
    content = records().replace(b"\x25", b"\n")
    assert b"\x15" in content
    assert told(content) is None


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_translated_and_with_a_line_end_behind_each_record(end: bytes) -> None:
    content = records().decode("cp037").encode("latin-1")
    found = told(b"".join(part + end for part in _parts(content)), "ascii")
    assert found is not None
    assert found.endswith("are once they are translated from ASCII to EBCDIC again")
    assert told(b"".join(part + end for part in _parts(records()))) is None


def test_records_of_text_alone_cannot_be_destroyed() -> None:
    text = LAYOUT.replace('"packed"', '"str"').replace("scale = 2\n", "").replace('"u16"', '"str"\nlength = 2')
    found = parse_layout(text.format("ascii"), "layout.toml")
    assert text_mode(found, b"a\r\n" * 100, 300) is None
