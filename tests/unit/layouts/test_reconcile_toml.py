"""What a first or last record says of the others: read, written, and what is wrong with it said."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Reconciled
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.reconcile_toml import hash_digits, reconcile_items
from etl_batch.layouts.toml_text import layout_text

LAYOUT = """
record_size = 40
[[field]]
name = "TYPE"
type = "str"
length = 2

[[record]]
name = "HEADER"
when = "first"
[[record.field]]
name = "DATE"
type = "str"
length = 8
[[record.field]]
name = "NUMBER"
type = "u32"

[[record]]
name = "ROW"
when = "TYPE = '01'"
[[record.field]]
name = "ACCOUNT"
type = "str"
length = 10
[[record.field]]
name = "AMOUNT"
type = "packed"
length = 4
scale = 2
[[record.field]]
name = "RATE"
type = "f64"

[[record]]
name = "TRAILER"
when = "last"
reconcile = {SAID}
[[record.field]]
name = "COUNT"
type = "zoned"
length = 6
[[record.field]]
name = "HASH"
type = "zoned"
length = 10
[[record.field]]
name = "DATE"
type = "str"
length = 8
[[record.field]]
name = "PLAIN"
type = "u32"
"""


def said(text: str) -> Reconciled:
    found = parse_layout(LAYOUT.replace("{SAID}", text), "x").records[-1].reconciled
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{rows = "count"}', Reconciled(rows="COUNT")),
        ('{records = "COUNT"}', Reconciled(records="COUNT")),
        ('{rows = [["row", "COUNT"]]}', Reconciled(of_types=(("ROW", "COUNT"),))),
        ('{rows = ["ROW", "COUNT"]}', Reconciled(of_types=(("ROW", "COUNT"),))),
        ('{sum = ["AMOUNT", "COUNT"]}', Reconciled(sums=(("AMOUNT", "COUNT"),))),
        (
            '{hash = [["ACCOUNT", "HASH"], ["AMOUNT", "HASH"]]}',
            Reconciled(hashes=(("ACCOUNT", "HASH"), ("AMOUNT", "HASH"))),
        ),
        ('{header = [["DATE", "DATE"], ["NUMBER", "COUNT"]]}',
         Reconciled(header=(("DATE", "DATE"), ("NUMBER", "COUNT")))),
    ],
)  # fmt: skip
def test_what_is_said_is_read_and_written(text: str, found: Reconciled) -> None:
    assert said(text) == found
    layout = parse_layout(LAYOUT.replace("{SAID}", text), "x")
    assert parse_layout(layout_text(layout), "x").records == layout.records
    assert len(list(reconcile_items(found))) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{rows = "TOTAL"}', "there is no field TOTAL"),
        ('{rows = "DATE"}', "DATE is str, and no whole number or decimal"),
        ('{rows = [["HEADER", "COUNT"]]}', "HEADER is no type of records that become rows; there are ROW"),
        ('{records = ["COUNT"]}', "reconcile is"),
        ('{sum = ["ACCOUNT", "COUNT"]}', "ACCOUNT is str, and no whole number"),
        ('{hash = ["RATE", "HASH"]}', "RATE is f64, and neither a number nor a text of digits"),
        ('{hash = ["ACCOUNT", "PLAIN"]}', "PLAIN is u32, which has no width in digits"),
        ('{header = ["DAY", "DATE"]}', "there is no field DAY"),
        ('{header = ["DATE", "COUNT"]}', "DATE of the first record is str, and COUNT zoned"),
        ('{dates = "DATE"}', "unknown key 'dates'"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(LayoutInvalid) as caught:
        said(text)
    assert says in caught.value.message


def test_totals_of_several_batches_are_refused_by_name() -> None:
    text = LAYOUT.replace("{SAID}", '{rows = "COUNT"}').replace('when = "last"', "when = \"TYPE = '99'\"")
    with pytest.raises(LayoutInvalid, match="totals of several batches in one file are not compared"):
        parse_layout(text, "x")


def test_a_first_record_compares_with_no_header() -> None:
    text = LAYOUT.replace('when = "last"\nreconcile = {SAID}', 'when = "last"')
    text = text.replace('when = "first"', 'when = "first"\nreconcile = {header = ["DATE", "DATE"]}')
    with pytest.raises(LayoutInvalid, match="header compares the last record with the first"):
        parse_layout(text, "x")


def test_the_width_in_digits() -> None:
    fields = {field.name: field for one in parse_layout(LAYOUT.replace("{SAID}", "{}"), "x").records
              for field in one.layout.fields}  # fmt: skip
    assert [hash_digits(fields[name]) for name in ("AMOUNT", "HASH", "PLAIN")] == [7, 10, None]
