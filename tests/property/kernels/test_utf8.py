"""The check of UTF-8 agrees with Python's own decoder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.decode import check_utf8
from tests.helpers import twins
from tests.helpers.chance import examples

#: bytes at which the rules of UTF-8 change
BORDERS = b"\x00\x41\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xed\xef\xf0\xf4\xf5\xff"
FOLLOWERS = b"\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xff"


def kernel_says(fields: Sequence[bytes]) -> list[bool]:
    """Whether each field is UTF-8; all fields are of one width."""
    width = len(fields[0])
    content = np.frombuffer(b"".join(fields) or b"\0", dtype=np.uint8)
    bad = np.zeros(len(fields), dtype=np.uint8)
    check_utf8(np.uint64(content.ctypes.data), np.uint64(width), np.uint64(width), np.uint64(len(fields)), bad)
    return [not flag for flag in bad.tolist()]


def check(fields: Sequence[bytes]) -> None:
    said, expected = kernel_says(fields), [twins.is_utf8(field) for field in fields]
    wrong = [field.hex() for field, ours, theirs in zip(fields, said, expected, strict=True) if ours != theirs]
    assert not wrong, wrong[:10]


def test_every_pair_of_bytes() -> None:
    check([bytes(pair) for pair in product(range(256), repeat=2)])


def test_every_sequence_of_border_bytes() -> None:
    check([bytes(three) for three in product(range(0x80, 256), range(0x70, 0xD0), FOLLOWERS)])
    check([bytes(four) for four in product(range(0xC0, 256), FOLLOWERS, FOLLOWERS, FOLLOWERS)])


def test_every_pair_of_bytes_within_a_longer_text() -> None:
    """Where bytes are looked at 64 at a time: at the beginning of them, in the middle, and over their end."""
    for place in (0, 1, 30, 62, 63, 64):
        check([b"a" * place + bytes(pair) + b"a" * (130 - place) for pair in product(range(0x7E, 256), repeat=2)])
        check(["ß".encode() * (place // 2) + bytes(pair) + b"a" * 90 for pair in product(range(0x7E, 256), repeat=2)])


def test_every_character() -> None:
    """Each code point, the surrogates written as if they were characters."""
    for width, points in {
        1: range(0x80),
        2: range(0x80, 0x800),
        3: range(0x800, 0x10000),
        4: range(0x10000, 0x110000, 7),
    }.items():
        fields = [chr(point).encode("utf-8", "surrogatepass") for point in points]
        assert {len(field) for field in fields} == {width}
        check(fields)


@settings(max_examples=examples(500), deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(st.sampled_from(BORDERS), max_size=24).map(bytes),
        st.lists(st.one_of(st.integers(0, 130).map(lambda count: b"a" * count), st.binary(max_size=3)), max_size=8).map(
            b"".join
        ),
    )
)
@example(b"")
@example(b"1234567\xc3")
@example(b"12345678\xc3")
def test_random_bytes(field: bytes) -> None:
    check([field])


@settings(max_examples=examples(500), deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=24), st.data())
def test_mutated_texts(text: str, data: st.DataObject) -> None:
    """A text that is whole, with a byte changed, lost or doubled at each place, and cut off at each place."""
    whole = text.encode()
    check([whole])
    byte = data.draw(st.sampled_from(BORDERS))
    places = range(len(whole))
    check([whole[:place] + bytes([byte]) + whole[place + 1 :] for place in places])
    check([whole[:place] + whole[place + 1 :] for place in places])
    check([whole[:place] + whole[place : place + 1] + whole[place:] for place in places])
    for place in places:
        check([whole[:place]])
