"""Equal keys get one number, in the order in which they are met: as with a dictionary."""

from __future__ import annotations

import ctypes

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.units.keys import code_keys
from tests.helpers.chance import examples


def twin(keys: list[bytes]) -> tuple[list[int], list[int]]:
    numbers: dict[bytes, int] = {}
    codes = [numbers.setdefault(key, len(numbers)) for key in keys]
    return codes, [keys.index(key) for key in numbers]


@settings(max_examples=examples(200))
@given(st.integers(1, 9), st.integers(0, 5), st.data())
def test_keys_of_one_length(length: int, gap: int, data: st.DataObject) -> None:
    """Side by side, with something else between them."""
    alphabet = st.sampled_from([b"\0", b"a", b"b"])
    keys = data.draw(st.lists(st.lists(alphabet, min_size=length, max_size=length).map(b"".join), max_size=40))
    raw = np.frombuffer(
        b"".join(key + bytes([number % 256]) * gap for number, key in enumerate(keys)) or b"\0", np.uint8
    )
    codes, firsts = code_keys(raw.ctypes.data, len(keys), stride=length + gap, length=length)
    assert (codes.tolist(), firsts.tolist()) == twin(keys)


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from([b"", b"\0", b"a", b"aa", b"b", "größe".encode(), b"x" * 40]), max_size=40))
def test_keys_of_any_length(keys: list[bytes]) -> None:
    kept = [ctypes.create_string_buffer(key, max(len(key), 1)) for key in keys]
    table = np.array([(ctypes.addressof(one), len(key)) for one, key in zip(kept, keys, strict=True)], np.uint64)
    codes, firsts = code_keys(table.ctypes.data, len(keys), stride=16, length=0)
    assert (codes.tolist(), firsts.tolist()) == twin(keys)
