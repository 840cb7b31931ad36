"""Hash totals are what plain Python adds up, digit by digit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.exact_column import hash_of_field, sum_of_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.layout import Field


def _records(cells: list[bytes], width: int) -> Records:
    return Records(np.frombuffer(b"".join(cells), np.uint8).reshape(-1, width).copy())


@given(st.lists(st.text("0123456789 -x", min_size=12, max_size=12), max_size=30), st.sampled_from(["utf-8", "cp037"]))
def test_of_texts(texts: list[str], encoding: str) -> None:
    field = Field(name="a", type="str", offset=0, length=12, encoding=encoding)
    found = hash_of_field(field, _records([text.encode(encoding) for text in texts], 12))
    good = [text.strip(" ") for text in texts if text.strip(" ").isdigit()]
    assert (found.total, found.unread) == (sum(map(int, good)), len(texts) - len(good))


@given(st.lists(st.integers(-(10**7) + 1, 10**7 - 1), max_size=30))
def test_of_packed_numbers_without_their_signs(values: list[int]) -> None:
    field = Field(name="a", type="packed", offset=0, length=4, scale=2)
    cells = [bytes.fromhex(f"{abs(value):07d}{'d' if value < 0 else 'c'}") for value in values]
    records = _records([*cells, b"\xff" * 4], 4)
    found = hash_of_field(field, records)
    assert (found.total, found.unread) == (sum(map(abs, values)), 1)
    assert sum_of_field(field, records).total == sum(values)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20), st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_of_the_largest_numbers(signed: list[int], unsigned: list[int]) -> None:
    field = Field(name="a", type="i64", offset=0, length=8)
    found = hash_of_field(field, _records([value.to_bytes(8, "little", signed=True) for value in signed], 8))
    assert found.total == sum(map(abs, signed))
    field = Field(name="a", type="u64", offset=0, length=8)
    found = hash_of_field(field, _records([value.to_bytes(8, "little") for value in unsigned], 8))
    assert found.total == sum(unsigned)


@given(st.lists(st.integers(-(10**30) + 1, 10**30 - 1), max_size=20))
def test_of_numbers_of_more_than_a_word(values: list[int]) -> None:
    field = Field(name="a", type="packed", offset=0, length=16)
    cells = [bytes.fromhex(f"{abs(value):031d}{'d' if value < 0 else 'c'}") for value in values]
    assert hash_of_field(field, _records(cells, 16)).total == sum(map(abs, values))
