"""Numbers of more digits than are meant are counted as Python counts them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.beyond_digits import how_many_beyond
from etl_batch.kernels.columns import Column, Kind
from tests.helpers.chance import examples

KINDS = {
    Kind.I8: "i1", Kind.I16: "i2", Kind.I32: "i4", Kind.I64: "i8", Kind.U8: "u1", Kind.U16: "u2", Kind.U32: "u4",
    Kind.U64: "u8", Kind.DECIMAL_64: "i8", Kind.DECIMAL_128: "u8",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=examples(100))
def test_they_are_counted(kind: Kind, data: st.DataObject) -> None:
    code, words = np.dtype(KINDS[kind]), 2 if kind is Kind.DECIMAL_128 else 1
    limits = np.iinfo(code)
    most = 10 ** data.draw(st.integers(1, 18)) - 1
    near = [one for one in (most, most + 1, -most, -most - 1) if limits.min <= one <= limits.max]
    number = st.integers(int(limits.min), int(limits.max)) | st.sampled_from([0, *near])
    values = data.draw(st.lists(number, max_size=20))
    stored = np.zeros((len(values), words), code)
    stored[:, 0] = values
    valid = data.draw(st.none() | st.lists(st.integers(0, 1), min_size=len(values), max_size=len(values)))
    column = Column(
        kind, stored.ctypes.data, stored.strides[0], owners=(stored,),
        valid=None if valid is None else np.array(valid, np.uint8),
    )  # fmt: skip
    there = valid or [1] * len(values)
    expected = sum(abs(value) > most for value, is_there in zip(values, there, strict=True) if is_there)
    assert how_many_beyond(column, len(values), most) == expected
