"""A table of column, start and length: what it comes to, and each mistake by its line."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.column_table import is_column_table, read_column_table

TABLE = """\
column,start,length,type
name,1,8,
age,9,3,i8
paid,12,9,"decimal(9,2)"
"""


def entries(text: str) -> list[dict[str, object]]:
    return [column.entry() for column in read_column_table(text, "x.csv").columns]


def refusal(text: str) -> str:
    with pytest.raises(LayoutInvalid) as caught:
        read_column_table(text, "x.csv")
    assert caught.value.code == "E_LAYOUT"
    return caught.value.message


def test_places_count_from_one_and_all_is_text_unless_a_type_is_said() -> None:
    assert entries(TABLE) == [
        {"name": "name", "type": "str", "offset": 0, "length": 8},
        {"name": "age", "type": "i8", "offset": 8, "length": 3},
        {"name": "paid", "type": "decimal", "offset": 11, "length": 9, "scale": 2},
    ]
    found = read_column_table(TABLE, "x.csv")
    assert not found.in_bytes
    assert found.record_size is None
    assert [column.remarks for column in found.columns][1] == ("line 3: from column 9",)


@pytest.mark.parametrize(
    "text",
    [
        "start,column,note,length\n1,name,who,8\n",
        "column;start;length\r\nname;1;8\r\n",
        '"Column"\t"Start"\t"Length"\nname\t1\t8\n\n',
        "name,start,width,type\nname,1,8,str",
    ],
)
def test_the_header_says_what_is_where(text: str) -> None:
    assert is_column_table(text)
    assert entries(text) == [{"name": "name", "type": "str", "offset": 0, "length": 8}]


def test_a_date_has_its_format_in_brackets() -> None:
    text = "column;start;length;type\nborn;1;6;date(%y%m%d)\nseen;7;16;Timestamp (%Y-%m-%d %H:%M)\n"
    assert entries(text) == [
        {"name": "born", "type": "date", "offset": 0, "length": 6, "format": "%y%m%d"},
        {"name": "seen", "type": "timestamp", "offset": 6, "length": 16, "format": "%Y-%m-%d %H:%M"},
    ]
    with pytest.raises(LayoutInvalid, match="lacks the day"):
        read_column_table("column,start,length,type\na,1,6,date(%y%m)\n", "x.csv").layout("utf-8")


def test_a_scale_may_have_a_column_of_its_own() -> None:
    text = "column,start,length,type,scale\na,1,4,f64,2\nb,5,4,i32,\nc,9,4,decimal,1\n"
    assert [entry.get("scale") for entry in entries(text)] == [2, None, 1]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "column,start\na,1\n", "record_size = 5\n", "", "column start length\nname 1 8\n"]
)
def test_what_names_not_all_three_is_none(text: str) -> None:
    assert not is_column_table(text)
    assert refusal(text) == "x.csv has no header that names column, start and length"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("name,0,8", "start is '0'; give a whole number from 1 to 1048576; the first column of a line is 1: add 1 to"),
        ("name,x,8", "start is 'x'"),
        ("name,-1,8", "start is '-1'"),
        ("name,٣,8", "start is '٣'"),
        ("name,1,", "length is ''"),
        ("name,1", "length is ''"),
        ("name,1,0", "length is '0'"),
        ("name,1,99999999999999999999", "length is '99999999999999999999'"),
        ("name,1048576,2", "name ends at column 1048577; 1,048,576 is the most"),
        (",1,8", "the column has no name"),
        ("a\x07,1,8", "'a\\x07' is no name"),
        ("name,1,8,text", "type is 'text'; the types are str, i8"),
        ("name,1,8,packed", "type is 'packed'; the types are str, i8"),
        ("name,1,8,decimal(9)", "type is 'decimal(9)'"),
        ('name,1,8,"i32(9,2)"', "i32 has no decimals; decimal, f64, zoned have"),
        ('name,1,8,"decimal(9,39)"', "scale is '39'; give 0 to 38"),
    ],
)
def test_a_mistake_is_named_with_its_line(row: str, said: str) -> None:
    assert refusal(f"column,start,length,type\nfirst,100,1\n{row}\n").startswith(f"x.csv, line 3: {said}")


def test_columns_may_neither_overlap_nor_share_a_name() -> None:
    assert refusal("column,start,length\na,5,5\nb,1,5\n") == (
        "x.csv, line 3: b has columns 1 to 5, of which a (x.csv, line 2) has some already: 5 to 9"
    )
    assert refusal("column,start,length\na,1,5\na,6,5\n") == "x.csv, line 3: a is there already (x.csv, line 2)"
    assert refusal("column,start,length\n") == "x.csv describes no column"


def test_more_columns_than_any_table_has_are_refused() -> None:
    rows = "".join(f"c{number},{number},1\n" for number in range(1, 10_002))
    assert refusal(f"column,start,length\n{rows}") == "x.csv has 10,001 columns; 10,000 is the most"


def test_a_cell_beyond_what_csv_allows_is_a_sentence() -> None:
    assert refusal(f"column,start,length\n{'a' * 140_000},1,1\n").startswith("x.csv, line 2: field larger than")
