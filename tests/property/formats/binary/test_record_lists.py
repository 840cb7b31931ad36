"""Tables in records as lists: what a slow program wrote is read, bad records told apart, as Parquet and as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings

from etl_batch.formats.binary.record_fields import decode_field
from etl_batch.formats.binary.record_reader import table_of
from etl_batch.formats.binary.records import Records
from etl_batch.formats.column_batch import csv_room, format_checked
from etl_batch.layouts.reading import parse_layout
from tests.helpers.chance import examples
from tests.helpers.tables_written import Record, Tables, tables


def value_of(written: Tables, record: Record) -> Any:  # noqa: ANN401 - a list of values or of objects
    """What the table of a record is."""
    last = len(written.item) - 1

    def occurrence(item: tuple[Any, ...]) -> dict[str, Any]:
        inner = list(item[last:]) if written.inner > 1 else item[last]
        return {**{f"i{place}": item[place] for place in range(last)}, f"i{last}": inner}

    return [occurrence(item) for item in record.items]


def is_bad(record: Record) -> bool:
    return None in (*record.before, *record.behind, *(value for item in record.items for value in item))


@settings(max_examples=examples(150), deadline=None)
@given(tables())
def test_all_occurrences_are_one_value(written: Tables) -> None:
    layout = parse_layout(written.toml(f'occurs = "list"\nrecord_size = {written.size}\n', "list"), "x")
    content = "".join(record.text for record in written.records).encode()
    records = Records(np.frombuffer(content, np.uint8).reshape(-1, written.size))
    decoded = [decode_field(field, records) for field in layout.fields]
    flags = [one.bad for one in decoded]
    bad = [any(one is not None and one[row] for one in flags) for row in range(records.rows)]
    assert bad == [is_bad(record) for record in written.records]
    (table,) = (one for one in decoded if one.field.table is not None)
    for row, record in enumerate(written.records):
        of_items = [number for number, item in enumerate(record.items, start=1) if None in item]
        if of_items:
            assert table.why_bad(row, records).startswith(f"occurrence {of_items[0]}: field 'i")
    good = Records(np.ascontiguousarray(records.bytes[~np.array(bad)]))
    decoded = [decode_field(field, good) for field in layout.fields]
    expected = [value_of(written, record) for record in written.records if not is_bad(record)]
    assert table_of(decoded, good).column("T").to_pylist() == expected
    columns = [one.written() for one in decoded if one.field.table is not None]
    out = np.empty(csv_room(columns, good.rows), np.uint8)
    end = format_checked(columns, good.rows, out.ctypes.data, 0) if good.rows else out.ctypes.data
    lines = out[: end - out.ctypes.data].tobytes().decode().splitlines()
    assert [json.loads(line[1:-1].replace('""', '"')) for line in lines] == expected
