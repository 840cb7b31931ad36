"""The first records of each type as a terminal shows them, and as JSON values."""

from __future__ import annotations

from etl_batch.formats.binary.preview import Cell
from etl_batch.formats.framed.first_kinds import FirstOfType, FirstOfTypes
from etl_batch.formats.framed.preview_types import render_types, types_as_json
from etl_batch.layouts.layout import RecordType
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.reading import parse_layout
from tests.data_makers.record_types import LAYOUT

ORDER, LINE = parse_layout(LAYOUT, "x").records[:2]


def _first(kind: RecordType, *places: int) -> FirstOfType:
    size = kind.layout.record_size
    field = kind.layout.fields[0]
    cells = tuple((Cell(field, b"01", "01", None),) for _ in places)
    records = RawRecords(size=2400, start=0, raw=bytes(size) * len(places), record_size=size, places=places)
    return FirstOfType(kind, records, cells)


FOUND = FirstOfTypes(2400, (_first(ORDER, 0, 72), _first(LINE)), seen=100, unknown=3, first_unknown=1_248)


def test_types_stand_beneath_each_other() -> None:
    head, unknown, *lines = render_types("x.bin", FOUND).splitlines()
    assert head == "x.bin: 2,400 bytes, records of 2 types; the first 100 records were looked at"
    assert unknown == "of no type: 3 records, the first at byte 1,248; they are bad rows"
    assert "ORDER: told by TYPE = '01'" in lines
    assert [line for line in lines if line.startswith("record ")] == [
        "record 1 (at byte 0)",
        "record 2 (at byte 72)",
    ]
    assert lines[-1] == "LINE: told by TYPE in ('02', '03'); none of those that were looked at is of this type"


def test_where_each_record_is_of_a_type_nothing_is_said_of_others() -> None:
    assert "of no type" not in render_types("x.bin", FirstOfTypes(2400, FOUND.types, 100, 0, None))


def test_the_same_as_json() -> None:
    found = types_as_json("x.bin", FOUND)
    assert (found["records_seen"], found["of_no_type"], found["first_of_no_type"]) == (100, 3, 1_248)
    assert [(one["name"], one["places"], len(one["records"])) for one in found["types"]] == [
        ("ORDER", [0, 72], 2),
        ("LINE", [], 0),
    ]
