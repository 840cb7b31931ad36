"""Calling compiled kernels without Numba: only what they take gets through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.kernels.copy_rows import copy_rows
from etl_batch.kernels.measures import float_reach
from etl_batch.kernels.pick_rows import pick_rows
from etl_batch.kernels.stratum_codes import hash_texts
from tests.helpers.chance import examples

COLUMN = np.zeros(6, np.uint64)


def frozen() -> np.ndarray[Any, Any]:
    array = np.zeros(6, np.uint64)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros(6, np.int64),
        np.zeros((1, 6), np.uint64),
        np.zeros(12, np.uint64)[::2],
        frozen(),
        [0] * 6,
        7,
    ],
)
def test_another_array_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"expected|writable"):
        float_reach(wrong, 0, np.zeros(2, np.uint64))


def test_arguments_are_counted() -> None:
    with pytest.raises(ValueError, match="argument"):
        float_reach(COLUMN, 0)


def test_a_kernel_without_a_result_gives_none() -> None:
    assert float_reach(COLUMN, 0, np.zeros(2, np.uint64)) is None


@settings(deadline=None, max_examples=examples(30))
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=20), st.data())
def test_lengths_and_addresses_arrive(texts: list[bytes], data: st.DataObject) -> None:
    """`copy_rows` reads lengths from its arrays, numbers from its arguments, and writes to an address."""
    lines = [text.replace(b"\n", b"n") + b"\n" for text in texts]
    text = np.frombuffer(b"".join(lines), np.uint8)
    starts = np.cumsum([0, *map(len, lines)]).astype(np.uint32)
    rows = np.array(data.draw(st.lists(st.integers(0, len(lines) - 1))), np.uint64)
    wanted = b"".join(lines[row] for row in rows.tolist())
    out = np.zeros(len(wanted) + 64, np.uint8)
    base = text.ctypes.data
    copy_rows(base, base + len(text), starts, rows, out.ctypes.data)
    assert out[: len(wanted)].tobytes() == wanted


def test_two_dimensions_and_a_result() -> None:
    rows = 5
    picked, values = np.zeros((rows, 3), np.uint64), np.zeros((rows, 1))
    measured = np.array([4.0, np.nan, -8.0, 1.0, 9.0])
    column = np.array([[9, measured.ctypes.data, 8, 0, 0, 0]], np.uint64)
    column[0, 0] = _kind_of_floats()
    found = pick_rows(
        1, 100, 0, np.zeros(rows, np.uint32), np.zeros(1, np.uint64), column,
        np.array([3.5]), np.zeros(1, np.uint64), picked, values,
    )  # fmt: skip
    assert found == 3
    assert picked[:3, :2].tolist() == [[0, 100], [2, 102], [4, 104]]
    assert values[:3, 0].tolist() == [4.0, -8.0, 9.0]


def test_numbers_of_numpy_are_numbers() -> None:
    hashes = np.zeros(1, np.uint64)
    text = np.frombuffer(b"tea" + bytes(8), np.uint8)
    hash_texts(np.uint64(text.ctypes.data), np.array([0, 3], np.int64), hashes)
    assert hashes[0] not in (0, 2**64 - 1)


def _kind_of_floats() -> int:
    from etl_batch.kernels.columns import Kind

    return int(Kind.F64)
