"""Which columns the outputs have: what is asked for, in its order; what cannot be is refused with what there is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError
from etl_batch.formats.output_columns import OutputColumns, output_columns
from etl_batch.options.shape import OutputShape, SourceColumn, read_source_columns
from tests.conftest import ACTOR

NAMES = ("a", "b", "c", "source_row")
FILE, ROW = SourceColumn.FILE, SourceColumn.ROW


def columns(**asked: Any) -> list[tuple[str, object]]:  # noqa: ANN401 - fields of the shape
    return [(column.name, column.origin) for column in output_columns(NAMES, OutputShape(**asked))]


def test_columns_stand_as_they_are_selected() -> None:
    assert columns(select=("c", "a")) == [("c", 2), ("a", 0)]


def test_columns_that_are_excluded_are_missing_from_all_and_from_a_selection() -> None:
    assert columns(exclude=("b", "a")) == [("c", 2), ("source_row", 3)]
    assert columns(select=("c", "a"), exclude=("c", "b")) == [("a", 0)]


def test_names_can_be_exchanged_and_taken_from_what_is_left_out() -> None:
    assert columns(rename=(("a", "b"), ("b", "a")), exclude=("c",))[:2] == [("b", 0), ("a", 1)]
    assert columns(select=("a",), rename=(("a", "b"),)) == [("b", 0)]


def test_a_column_that_is_renamed_need_not_be_selected() -> None:
    assert columns(select=("a",), rename=(("b", "x"),)) == [("a", 0)]


def test_where_rows_are_from_stands_behind_the_others() -> None:
    assert columns(select=("a",), add_source=(ROW, FILE)) == [("a", 0), ("source_row", ROW), ("source_file", FILE)]


@pytest.mark.parametrize(
    ("asked", "says", "mend"),
    [
        ({"select": ("x",)}, "--select names column 'x'", "a, b, c, source_row"),
        ({"exclude": ("a", "x")}, "--exclude names column 'x'", "a, b, c, source_row"),
        ({"rename": (("x", "y"),)}, "--rename names column 'x'", "a, b, c, source_row"),
        ({"exclude": NAMES}, "no column is left", "a, b, c, source_row"),
        ({"select": ("a",), "exclude": ("a",), "add_source": (FILE,)}, "no column is left", "a, b, c, source_row"),
        ({"rename": (("a", "b"),)}, "the name 'b'", "a, b, c, source_row"),
        ({"rename": (("a", "x"), ("b", "x"))}, "the name 'x'", "a, b, c, source_row"),
        ({"add_source": (ROW,)}, "makes a column 'source_row'", "--rename source_row=original_row"),
        (
            {"rename": (("a", "source_file"),), "add_source": (FILE,)},
            "makes a column 'source_file'",
            "--rename a=original_file",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_there_is(asked: dict[str, Any], says: str, mend: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        columns(**asked)
    assert mend in caught.value.what_to_do


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"select": ("a", "a")}, "--select names 'a' twice"),
        ({"exclude": ("a", "a")}, "--exclude names 'a' twice"),
        ({"add_source": (FILE, FILE)}, "--add-source names 'file' twice"),
        ({"rename": (("a", "b"), ("a", "c"))}, "--rename names 'a' twice"),
        ({"rename": (("a", ""),)}, "--rename gives column 'a' the name ''"),
        ({"rename": (("a", " "),)}, "--rename gives column 'a'"),
        ({"rename": (("a", "b\nc"),)}, "--rename gives column 'a'"),
        ({"rename": (("a", "\udce4"),)}, "--rename gives column 'a'"),
    ],
)
def test_what_no_input_can_have_is_refused_before_any_is_opened(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        JobConfig(inputs=("a",), actor=ACTOR, output_csv="o.csv", **asked)


def test_of_very_many_columns_some_are_named() -> None:
    with pytest.raises(ConfigError) as caught:
        output_columns([f"c{number}" for number in range(5000)], OutputShape(select=("x",)))
    assert "and 4,900 more" in caught.value.what_to_do


@pytest.mark.parametrize(("typed", "read"), [("file", (FILE,)), (" Row , file ", (ROW, FILE))])
def test_source_columns_are_read(typed: str, read: tuple[SourceColumn, ...]) -> None:
    assert read_source_columns(typed) == read


@pytest.mark.parametrize("typed", ["", "byte", "file,", "file row"])
def test_other_source_columns_are_refused(typed: str) -> None:
    with pytest.raises(ConfigError, match="--add-source"):
        read_source_columns(typed)


@given(st.data())
def test_no_two_columns_have_one_name_and_each_is_from_where_its_name_says(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    new = data.draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["x", "y", *NAMES])))
    try:
        found = output_columns(NAMES, OutputShape(select=tuple(chosen), rename=tuple(new.items())))
    except ConfigError:
        named = [new.get(name, name) for name in chosen]
        assert len({*named}) < len(named)
        return
    assert [column.name for column in found] == [new.get(name, name) for name in chosen]
    assert [NAMES[place] for place in OutputColumns(found).places] == chosen
