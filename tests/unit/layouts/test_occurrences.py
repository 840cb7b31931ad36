"""Tables in records: what they become, by which names, and where their fields lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field
from etl_batch.layouts.occurrences import (
    columns_among,
    every_field,
    flattened,
    last_end,
    room_of,
    row_layout,
    rows_each,
    with_columns,
)
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.tables_toml import names_of_tables
from etl_batch.layouts.toml_text import layout_text
from etl_batch.options.occurring import SaidOccurs
from tests.helpers.tables_written import WIDTH, Tables, tables

TOML = """\
record_size = 30
[[field]]
name = "A"
type = "str"
length = 2
[[field]]
name = "OUTER"
times = 2
length = 9
[[field.field]]
name = "B"
type = "str"
length = 1
[[field.field]]
name = "INNER"
type = "u8"
times = 3
[[field]]
name = "C"
type = "str"
length = 4
"""


def said(*words: str) -> SaidOccurs:
    return SaidOccurs.parse(words)


def test_columns_have_the_numbers_of_their_occurrences_the_outer_one_first() -> None:
    layout = parse_layout(TOML, "x")
    assert [(field.name, field.offset) for field in layout.fields] == [
        ("A", 0), ("B_1", 2), ("INNER_1_1", 3), ("INNER_1_2", 4), ("INNER_1_3", 5),
        ("B_2", 11), ("INNER_2_1", 12), ("INNER_2_2", 13), ("INNER_2_3", 14), ("C", 20),
    ]  # fmt: skip


def test_rows_have_one_occurrence_and_its_number() -> None:
    layout = parse_layout(TOML, "x", said("rows"))
    rows = row_layout(layout)
    assert [(field.name, field.offset) for field in rows.fields] == [
        ("A", 0), ("OUTER_number", 15), ("B", 2), ("INNER_1", 3), ("INNER_2", 4), ("INNER_3", 5), ("C", 11),
    ]  # fmt: skip
    assert (rows.record_size, rows_each(layout), room_of(layout)) == (19, 2, 38)
    assert [field.name for field in flattened(layout).fields][:3] == ["A", "OUTER[1].B", "OUTER[1].INNER_1"]
    assert [last_end(field) for field in layout.fields] == [2, 15, 24]


def test_a_layout_without_tables_is_the_same_as_rows() -> None:
    layout = parse_layout(TOML, "x")
    assert row_layout(layout) is layout is flattened(layout)


def test_the_layout_says_what_all_of_its_tables_become_and_one_of_them_otherwise() -> None:
    more = '[[field]]\nname = "D"\ntype = "u8"\ntimes = 2\noccurs = "columns"\n'
    assert row_layout(parse_layout(f'occurs = "rows"\n{TOML}{more}', "x")).names == (
        "A", "OUTER_number", "B", "INNER_1", "INNER_2", "INNER_3", "C", "D_1", "D_2",
    )  # fmt: skip


@given(tables(), st.sampled_from(("columns", "rows")))
def test_what_is_written_is_read_again(written: Tables, occurs: str) -> None:
    layout = parse_layout(written.toml(f"record_size = {written.size}\n", occurs), "x")
    assert parse_layout(layout_text(layout), "x") == layout
    if occurs == "rows":
        assert list(row_layout(layout).names) == written.names


@given(tables())
def test_every_field_lies_where_its_occurrence_does(written: Tables) -> None:
    layout = parse_layout(written.toml(f"record_size = {written.size}\n", "rows"), "x")
    found = [field.offset for field in every_field(layout.fields)]
    before, each = len(written.before), len(written.item) + written.inner - 1
    items = [
        WIDTH * before + number * written.step + place * WIDTH
        for number in range(written.times)
        for place in range(each)
    ]
    behind = written.size - WIDTH * len(written.behind)
    others = [*(WIDTH * place for place in range(before)), *items]
    assert found == [*others, *(behind + WIDTH * place for place in range(len(written.behind)))]


def test_columns_are_counted_before_they_are_made() -> None:
    fields = parse_layout(TOML, "x", said("rows")).fields
    assert (columns_among(fields), len(list(with_columns(fields)))) == (6, 3)
    wide = '[[field]]\nname = "T"\ntype = "u8"\ntimes = 10000\n'
    assert len(parse_layout(f"record_size = 10000\n{wide}", "x").fields) == 10_000
    with pytest.raises(LayoutInvalid, match="has 10,001 columns with all occurrences of its tables"):
        parse_layout(f'record_size = 10001\n{wide}[[field]]\nname = "U"\ntype = "u8"\n', "x")


def test_the_tables_of_a_document_are_named_wherever_they_are() -> None:
    inner = {"name": "B", "times": 2}
    document = {"field": [{"name": "A", "field": [inner, {"name": "C"}]}], "record": [{"field": [inner]}, 1]}
    assert list(names_of_tables(document)) == ["A", "B", "B"]


def test_of_several_types_of_records_none_becomes_rows() -> None:
    types = 'record_size = 4\n[[field]]\nname = "K"\ntype = "u8"\n[[record]]\nname = "R"\nwhen = "K = 1"\n'
    table = '[[record.field]]\nname = "T"\ntype = "u8"\ntimes = 3\n'
    layout = parse_layout(types + table, "x")
    assert [field.name for field in layout.records[0].layout.fields] == ["K", "T_1", "T_2", "T_3"]
    with pytest.raises(LayoutInvalid, match="record 'R': the table T cannot become rows where records are of several"):
        parse_layout(types + table, "x", said("t=rows"))


def test_a_field_keeps_what_it_is_wherever_it_is_moved() -> None:
    layout = parse_layout(TOML, "x", said("rows"))
    moved = next(field for field in every_field(layout.fields) if field.name == "OUTER[2].INNER_3")
    assert moved == Field(name="OUTER[2].INNER_3", type="u8", offset=14, length=1)


def test_a_layout_in_which_a_field_counts_occurrences_has_columns_alone() -> None:
    counted = 'depending_on = "fixed"\n' + TOML.replace('name = "A"\ntype = "str"', 'name = "A"\ntype = "u16"')
    counted += '[[counted]]\nby = "A"\nmost = 2\noffset = 20\nsize = 4\n'
    for occurs in ("rows", "list"):
        with pytest.raises(
            LayoutInvalid, match=r"counts the occurrences of tables .* OUTER cannot become rows or a list"
        ):
            parse_layout(counted, "x", said(f"OUTER={occurs}"))


@pytest.mark.parametrize(
    ("more", "says"),
    [('when = "T = 1"', "T is a table, and no value"), ('when = "first"\ncolumns = "T"', "has the table T, which")],
)
def test_a_list_is_not_compared_and_not_carried(more: str, says: str) -> None:
    text = f"""record_size = 4
[[record]]
name = "H"
{more}
[[record.field]]
name = "T"
type = "u8"
times = 3
occurs = "list"
[[record]]
name = "D"
when = "K = 1"
[[record.field]]
name = "K"
type = "u8"
"""
    with pytest.raises(LayoutInvalid, match=says):
        parse_layout(text, "x")
