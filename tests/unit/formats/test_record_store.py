"""Picked records: kept by their places, however many pieces they came in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.record_store import RecordStore
from etl_batch.layouts.reading import layout_of

LAYOUT = layout_of({"record_size": 2, "field": [{"name": "n", "type": "u16"}]}, "here")


@given(st.lists(st.integers(0, 5), max_size=5), st.randoms(use_true_random=False))
def test_rows_are_kept_from_every_piece(pieces: list[int], chance: object) -> None:
    store = RecordStore(LAYOUT)
    every: list[bytes] = []
    for count in pieces:
        records = [bytes([len(every) + number, 7]) for number in range(count)]
        store.add(memoryview(b"".join(records)))
        every += records
    for _ in range(2):
        places = [place for place in range(len(every)) if chance.random() < 0.6]  # type: ignore[attr-defined]
        store.keep(np.array(places, dtype=np.int64))
        every = [every[place] for place in places]
        assert store.table().column("n").to_pylist() == [int.from_bytes(record, "little") for record in every]
