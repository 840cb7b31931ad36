"""Compressed streams: what comes out is what went in, or it is refused: no cut, flip or addition gives another."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import FormatCorrupt
from etl_batch.formats.packings import PACKINGS, packing_named, packing_of
from tests.data_makers.archives import zipped, zstd

_PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "bzip2": bz2.compress,
    "xz": lambda content: lzma.compress(content),  # noqa: PLW0108 - it takes more than one argument
    "zstd": zstd,
}
_CONTENT = st.binary(max_size=400) | st.binary(min_size=1, max_size=9).map(lambda piece: piece * 9000)
_KIND = st.sampled_from(sorted(_PACK))


def _unpacked(kind: str, content: bytes) -> bytes:
    pieces = packing_named(kind).pieces
    assert pieces is not None
    return b"".join(pieces(cast("io.RawIOBase", io.BytesIO(content)), "x"))


@given(_KIND, st.lists(_CONTENT, min_size=1, max_size=3))
def test_one_stream_after_the_other_gives_what_went_in(kind: str, parts: list[bytes]) -> None:
    packed = [_PACK[kind](part) for part in parts]
    assert packing_of(packed[0]) == packing_named(kind)
    assert _unpacked(kind, b"".join(packed)) == b"".join(parts)


@pytest.mark.parametrize("kind", sorted(_PACK))
def test_wherever_it_is_cut_it_is_refused(kind: str) -> None:
    packed = _PACK[kind](b"id,name\n" + bytes(range(256)) * 2)
    for cut in range(1, len(packed)):
        with pytest.raises(FormatCorrupt):
            _unpacked(kind, packed[:cut])


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])  # a .zst may have no checksum, and Arrow writes none
def test_whatever_bit_flips_it_is_refused_or_the_same(kind: str) -> None:
    content = b"id,name\n" + bytes(range(256))
    packed = _PACK[kind](content)
    for bit in range(8 * len(packed)):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert _unpacked(kind, bytes(flipped)) == content
        except FormatCorrupt:
            continue


@pytest.mark.parametrize("kind", sorted(_PACK))
@given(rest=st.binary(min_size=1, max_size=40).filter(lambda rest: rest.strip(b"\0")))
def test_whatever_stands_behind_it_is_refused(kind: str, rest: bytes) -> None:
    packed = _PACK[kind](b"id\n1\n")
    with pytest.raises(FormatCorrupt):
        _unpacked(kind, packed + rest)


@given(st.text("BZhave,name\n PK", max_size=20))
def test_a_text_is_not_compressed(text: str) -> None:
    assert packing_of(text.encode()) is None


def test_a_zip_is_known_by_its_first_file_or_its_end() -> None:
    assert [packing_of(packed) for packed in (zipped(("a", b"b")), zipped())] == [PACKINGS[-2], PACKINGS[-1]]
