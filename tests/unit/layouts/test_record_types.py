"""Several types of records in one layout: read, written, and what is wrong with them said."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.conditions import End
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.record_types import ancestors, rows_among
from etl_batch.layouts.record_types_toml import mapped
from etl_batch.layouts.toml_text import layout_text
from tests.data_makers.record_types import ENDS, LAYOUT


def read(text: str) -> Layout:
    return parse_layout(text, "x.layout.toml")


def test_each_type_has_the_fields_of_all_and_its_own_and_what_it_carries() -> None:
    order, line, note, header, trailer = read(LAYOUT + ENDS).records
    assert [one.layout.names for one in (order, line, note)] == [
        ("TYPE", "ORDER_ID", "product"), ("TYPE", "quantity", "value", "is_gift"), ("TYPE", "text"),
    ]  # fmt: skip
    assert [(one.kind, [name for name, _ in one.fields]) for one in line.carried] == [
        ("ORDER", ["ORDER_ID"]), ("HEADER", ["DATE"]),
    ]  # fmt: skip
    assert (header.end, trailer.end, order.end) == (End.FIRST, End.LAST, None)
    assert rows_among(read(LAYOUT + ENDS).records) == (order, line, note)
    assert ancestors(line, read(LAYOUT + ENDS).records) == (order,)


@pytest.mark.parametrize("text", [LAYOUT, LAYOUT + ENDS])
def test_what_is_written_reads_as_the_same(text: str) -> None:
    layout = read(text)
    again = read(layout_text(layout))
    assert again.records == layout.records


def test_a_change_of_all_fields_changes_those_that_are_carried() -> None:
    text = LAYOUT.replace('name = "ORDER_ID"\ntype = "u32"', 'name = "ORDER_ID"\ntype = "zoned"\nlength = 4')
    line = mapped(read(text), with_blank_nulls).records[1]
    ((_, field),) = line.carried[0].fields
    assert field.nulls == ("blank",)


def test_a_name_that_a_child_has_itself_is_carried_with_that_of_its_parent() -> None:
    line = read(LAYOUT.replace('key = "ORDER_ID"', 'key = ["ORDER_ID", "TYPE"]')).records[1]
    assert [name for name, _ in line.carried[0].fields] == ["ORDER_ID", "ORDER_TYPE"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name = \"NOTE\"\n", "", "record 3 has no name"),
        ('"NOTE"', '"../x"', "record '../x' names a folder"),
        ('"NOTE"', '"order"', "record 'order' is there twice"),
        ("when = \"TYPE = '09'\"\n", "", "record 'NOTE' has no condition"),
        ("TYPE = '09'", "KIND = '09'", "record 'NOTE', when = \"KIND = '09'\": there is no field KIND"),
        ("TYPE = '09'", "TYPE = 9", "record 'NOTE', when = 'TYPE = 9': TYPE is a text"),
        ('parent = "ORDER"', 'parent = "HEAD"', "record 'LINE' has parent 'HEAD', which is no other record"),
        ('key = "ORDER_ID"', 'key = "ORDER_ID"\nparent = "LINE"', "record 'ORDER' is its own parent"),
        ('key = "ORDER_ID"', 'key = "NUMBER"', "record 'ORDER': there is no field NUMBER"),
        ('key = "ORDER_ID"', 'columns = "ORDER_ID"', "record 'ORDER' has columns, which rows carry of a first"),
        ('key = "ORDER_ID"', "key = 7", "record 'ORDER': key is 7"),
        ('key = "ORDER_ID"', "reconcile = {rows = 'ORDER_ID'}", "record 'ORDER' has reconcile, which the first"),
        ('rows = "COUNT"', 'rows = "value"', "there is no field value"),
        ('sum = ["value", "TOTAL"]', 'sum = ["product", "TOTAL"]', "product is str, and no whole number"),
        ('sum = ["value", "TOTAL"]', "sum = 'value'", "reconcile is "),
        ('when = "first"', 'when = "last"', "has two records that are the last one"),
        ('length = 22', 'length = 23', "record 'NOTE': field 'text' ends at byte 25"),
        ("[[record]]\nname = \"NOTE\"", "[[record]]\nsize = 7\nname = \"NOTE\"", "size"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old: str, new: str, says: str) -> None:
    text = LAYOUT + ENDS
    assert old in text
    with pytest.raises(LayoutInvalid) as caught:
        read(text.replace(old, new))
    assert says in caught.value.message


def test_nothing_but_ends_is_no_table() -> None:
    alone = LAYOUT[: LAYOUT.index("[[record]]")] + ENDS.replace('sum = ["value", "TOTAL"]', "")
    with pytest.raises(LayoutInvalid, match="no record that becomes a row"):
        read(alone.replace('rows = "COUNT", ', 'rows = "COUNT"'))
