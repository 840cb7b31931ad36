"""Records followed from one to the next in the first bytes of a file, and laid out side by side."""

from __future__ import annotations

import struct

import pytest

from etl_batch.layouts.chains import Break, chain, laid_out, whole_records
from etl_batch.layouts.framing import MOST_RECORD_BYTES, Framing
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.padding import padding_of
from etl_batch.options.record_framing import RecordFormat

V = Framing(format=RecordFormat.V)


def rdws(*records: bytes) -> bytes:
    return b"".join(struct.pack(">HH", len(record) + 4, 0) + record for record in records)


def test_records_are_followed_to_the_end() -> None:
    content = b"head" + rdws(b"abc", b"", b"defgh")
    found = chain(content, 4, len(content), V, 9)
    assert [(one.place, one.offset, one.length) for one in found.records] == [(4, 8, 3), (11, 15, 0), (15, 19, 5)]
    assert (found.stop, found.broken) == (len(content), None)
    assert list(whole_records(content, found)) == [b"abc", b"", b"defgh"]
    assert len(chain(content, 4, len(content), V, 2).records) == 2


def test_one_whose_length_is_seen_is_one_whose_bytes_are_not() -> None:
    content = rdws(b"abc", b"defgh")
    found = chain(content[:-1], 0, len(content), V, 9)
    assert len(found.records) == 2
    assert found.broken is None
    assert list(whole_records(content[:-1], found)) == [b"abc"]
    assert len(chain(content[:10], 0, len(content), V, 9).records) == 1


@pytest.mark.parametrize(("end", "reason"), [
    (b"\0\x03\0\0", Break.NO_LENGTH), (b"\0\0\0\0", Break.NO_LENGTH), (b"\0\x05\0\0", Break.BEYOND_END),
    (b"\0\x04\0", Break.CUT), (b"\0\x04\0\x01", Break.NOT_ZERO), (b"\0\x04\x01\0", Break.NOT_ZERO),
])  # fmt: skip
def test_a_chain_breaks_where_nothing_can_be_told(end: bytes, reason: Break) -> None:
    content = rdws(b"abc") + end
    found = chain(content, 0, len(content), V, 9)
    assert (len(found.records), found.stop, found.broken) == (1, 7, reason)


def test_no_record_is_longer_than_any_is() -> None:
    framing = Framing(format=RecordFormat.LENGTH_FIELD, head=0, bytes=4)
    for length, reason in ((MOST_RECORD_BYTES, None), (MOST_RECORD_BYTES + 1, Break.NO_LENGTH)):
        assert chain(struct.pack(">I", length), 0, 1 << 40, framing, 1).broken is reason


def test_what_is_missing_is_padded_and_what_is_more_is_left_out() -> None:
    assert laid_out([b"abcdef", b"", b"ab"], 4, b"wxyz") == b"abcdwxyzabyz"


def test_padding_is_what_every_type_takes() -> None:
    fields = (
        Field(name="a", type="str", offset=1, length=2, encoding="cp037"),
        Field(name="b", type="packed", offset=3, length=2),
        Field(name="c", type="zoned", offset=5, length=3, encoding="cp037", sign="leading separate"),
        Field(name="d", type="zoned", offset=8, length=2, encoding="ascii"),
        Field(name="e", type="i16", offset=10, length=2),
        Field(name="f", type="str", offset=12, length=3, encoding="utf-16-le"),
    )
    assert padding_of(Layout(record_size=16, fields=fields)) == (b"\0\x40\x40\0\x0c\x4e\xf0\xf000\0\0 \0 \0")
