"""Records that a plain twin wrote by a copybook come back as the values that it wrote."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from tests.helpers.copybooks import books, record_of


@given(st.data())
def test_values_come_back(data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(("cp037", "ascii")))
    text, items = data.draw(books())
    written = [record_of(items, encoding, data.draw) for _ in range(2)]
    layout = layout_of_book(read_book(text, "book"), HowStored(encoding, is_native_big=encoding == "cp037")).layout
    raw = np.frombuffer(b"".join(bytes(one.raw) for one in written), np.uint8).reshape(2, -1)
    records = Records(raw.copy())
    for at, field in enumerate(layout.fields):
        decoded = decode_field(field, records)
        assert decoded.bad is None
        cells = [one.cells[at] for one in written]
        expected = [cell.value.rstrip() if isinstance(cell.value, str) else cell.value for cell in cells]
        assert arrow_array(decoded, records).to_pylist() == expected, field
