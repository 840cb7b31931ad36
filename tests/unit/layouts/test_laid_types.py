"""Types of records as their records are laid out: as long as all are, or each by itself."""

from __future__ import annotations

from etl_batch.layouts.laid_types import laid_types
from etl_batch.layouts.layout import LENGTH_BYTES
from etl_batch.layouts.reading import parse_layout
from tests.data_makers.record_types import ENDS, LAYOUT

OF_V = LAYOUT.replace("record_size = 24\n", "") + ENDS
LINES = "lines = true\n" + OF_V.replace('type = "u32"', 'type = "u32"\nlength = 6').replace(
    'type = "u8"', 'type = "u8"\nlength = 3'
).replace('type = "bool"', 'type = "str"\nlength = 1').replace('type = "packed"', 'type = "decimal"')


def test_records_of_one_length_are_as_long_as_all_are() -> None:
    layout = laid_types(parse_layout(LAYOUT + ENDS, "x"))
    assert [one.layout.record_size for one in layout.records] == [24] * 5


def test_of_others_each_type_has_its_own_length() -> None:
    layout = parse_layout('record_format = "V"\n' + OF_V, "x")
    assert layout.record_size == 24
    assert [one.layout.record_size for one in laid_types(layout).records] == [14, 8, 24, 10, 16]
    assert {one.layout.framing for one in laid_types(layout).records} == {layout.framing}


def test_where_fields_may_be_missing_each_says_where_its_length_stands() -> None:
    layout = parse_layout('record_format = "V"\nshort_records = "null"\n' + OF_V, "x")
    order, line, *_ = laid_types(layout).records
    assert [field.length_at for field in order.layout.fields] == [14] * 3
    assert order.layout.stored_size == 14 + LENGTH_BYTES
    assert [field.length_at for _, field in line.carried[0].fields] == [14], "as it stands in the parent"


def test_lines_of_wide_characters_have_room_in_each_type_and_in_what_is_carried() -> None:
    layout = parse_layout(LINES, "x")
    order, line, *_ = laid_types(layout, 4).records
    assert [field.length for field in order.layout.fields] == [8, 6, 32]
    assert order.layout.lines is not None
    assert [(one.first, one.count) for one in order.layout.lines.characters] == [(0, 2), (2, 6), (8, 8)]
    assert [(name, field.length) for one in line.carried for name, field in one.fields] == [
        ("ORDER_ID", 6),
        ("DATE", 32),
    ]
    assert laid_types(layout, 1).records[0].layout.record_size == 16
