"""Records of several lines: their lines by themselves, each with the fields that it has."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.draft import draft_of
from etl_batch.layouts.first_lines import told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.line_parts import in_words, line_layouts, reaches, refuse_unparted, split_record
from etl_batch.layouts.line_reasons import laid_out_line, problem_of_line
from etl_batch.layouts.lines import LinePart, Lines
from etl_batch.layouts.reading import parse_layout

TOML = """\
lines = [4, 0, 3]
columns = "bytes"
[[field]]
name = "a"
type = "i16"
length = 4
[[field]]
name = "b"
type = "i16"
length = 3
nulls = ["blank"]
"""


def layout() -> Layout:
    return parse_layout(TOML, "x.toml")


def lines() -> Lines:
    found = layout().lines
    assert found is not None
    return found


def test_each_line_has_its_fields() -> None:
    assert [*reaches(lines())] == [(0, 4), (4, 4), (4, 7)]
    first, second, third = line_layouts(layout(), lines())
    assert first is not None
    assert [(field.name, field.offset) for field in first.fields] == [("a", 0)]
    assert second is None
    assert third is not None
    assert [(field.name, field.offset, third.record_size) for field in third.fields] == [("b", 0, 3)]


@pytest.mark.parametrize(
    ("record", "texts"),
    [(b"12\n\n 34", [b"12", b"", b" 34"]), (b"12\r\nx\r\n3\r", [b"12", b"x", b"3\r"]), (b"12", [b"12"]), (b"", [b""])],
)
def test_a_record_is_divided_at_its_line_ends(record: bytes, texts: list[bytes]) -> None:
    assert split_record(record, lines()) == texts


@pytest.mark.parametrize(
    ("record", "problem", "laid"),
    [
        (b"12\nnot read\n34", None, b"12  34 "),
        (b"12\n\n", None, b"12     "),
        (b"12345\n\n3", "line 1 of the record: the line has 5 bytes, 4 expected; behind them: 0x35", b"12343  "),
        (b"12\n\n1234", "line 3 of the record: the line has 4 bytes, 3 expected; behind them: 0x34", b"12  123"),
        (b"12\n", "the file ends behind line 2 of the 3 of a record", b"12     "),
        (b"\n\n", "all lines of the record are empty", b"       "),
    ],
)
def test_what_is_wrong_with_one_and_how_it_is_laid_out(record: bytes, problem: str | None, laid: bytes) -> None:
    assert problem_of_line(record, layout(), lines()) == problem
    assert laid_out_line(record, layout(), lines()) == laid


def test_what_lines_have_behind_their_columns_is_told_line_by_line() -> None:
    content = b"  12 more\n\n 34\n 123\nx\n  4\n  56 more\nx\n  8 9\n"
    told = told_lines(layout(), lines(), content, content, len(content))
    assert told.notes == ("what line 1 of its records has behind column 4 is not read: the layout has nothing there",)
    found = told.layout.lines
    assert found is not None
    assert found.parts == (LinePart(4, is_open=True), LinePart(0, is_open=True), LinePart(3))
    assert found.whole == ("a", "b")
    assert problem_of_line(b"  1\n\n  3", told.layout, found) == (
        "line 1 of the record: the line ends after 3 columns, within field 'a' (1 to 4), where other lines have their "
        "last digit: it is cut or shifted"
    )


def test_the_editor_keeps_the_lines_of_a_record() -> None:
    assert draft_of(layout()).layout("x.toml") == layout()


def test_lines_in_words() -> None:
    assert in_words([LinePart(36), LinePart(0), LinePart(20)]) == "3 lines, of 36, 0 and 20 bytes"


def test_a_field_is_in_one_line_and_tables_in_none() -> None:
    refuse_unparted(layout(), "x.toml")
    with pytest.raises(LayoutInvalid, match="field 'a' is at 0 to 4 of the record, of which line 1 has 0 to 3"):
        parse_layout(TOML.replace("[4, 0, 3]", "[3, 0, 4]"), "x.toml")
    with pytest.raises(LayoutInvalid, match="records of several lines have no tables and no variants"):
        parse_layout(
            f'{TOML.replace("3]", "9]")}[[field]]\nname = "c"\ntype = "str"\nlength = 2\ntimes = 2\noccurs = "list"\n',
            "x",
        )
