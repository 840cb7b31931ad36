"""The hashes of values under a secret are those of SipHash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.kernels.keyed_hash import HASH_BYTES, hash_values
from tests.helpers.csv_calls import at_end_of_page
from tests.helpers.twins_keys import siphash_128

_BESIDE = 0xA5
_SECRET = bytes(range(HASH_BYTES))


def _hashes(values: list[bytes], secret: bytes) -> list[bytes]:
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int64)
    content = at_end_of_page(b"".join(values)) if any(values) else 0
    out = np.full((len(values) + 2) * HASH_BYTES, _BESIDE, dtype=np.uint8)
    low, high = (int.from_bytes(half, "little") for half in (secret[:8], secret[8:]))
    hash_values(offsets.ctypes.data, content, len(values), low, high, out.ctypes.data + HASH_BYTES)
    assert (out[:HASH_BYTES] == _BESIDE).all()
    assert (out[-HASH_BYTES:] == _BESIDE).all()
    found = out[HASH_BYTES:-HASH_BYTES].tobytes()
    return [found[at : at + HASH_BYTES] for at in range(0, len(found), HASH_BYTES)]


@given(st.lists(st.binary(max_size=40)), st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES))
def test_they_are_those_of_the_twin(values: list[bytes], secret: bytes) -> None:
    assert _hashes(values, secret) == [siphash_128(secret, value) for value in values]


@pytest.mark.parametrize(
    ("length", "known"),
    [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
    ],
)
def test_they_are_those_that_its_authors_published(length: int, known: str) -> None:
    value = bytes(range(length))
    assert _hashes([value], _SECRET) == [bytes.fromhex(known)] == [siphash_128(_SECRET, value)]
