"""The first records as bytes: each record and field where it lies, in what was read and in the file."""

from __future__ import annotations

from etl_batch.layouts.layout import Field
from etl_batch.layouts.raw_records import RawRecords

RECORDS = RawRecords(size=1000, start=16, raw=b"aaAABbbBBCcc", record_size=5)
FIELD = Field(name="upper", type="bytes", offset=2, length=2)


def test_whole_records_only() -> None:
    assert RECORDS.count == 2
    assert [RECORDS.record(number) for number in range(2)] == [b"aaAAB", b"bbBBC"]


def test_fields_of_a_record() -> None:
    assert [RECORDS.field(number, FIELD) for number in range(2)] == [b"AA", b"BB"]


def test_where_they_lie_in_the_file() -> None:
    assert [RECORDS.position(number) for number in range(3)] == [16, 21, 26]
