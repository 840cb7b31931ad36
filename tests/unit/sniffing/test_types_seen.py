"""Types of columns by elimination: numbers in every notation, dates in every order, words for nothing."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.column_kind import kind_of, shape_of
from etl_batch.sniffing.columns_seen import describe_columns
from etl_batch.sniffing.dates_seen import dates_of
from etl_batch.sniffing.numbers_seen import COMMA, POINT, Notation, numbers_of
from tests.helpers.sniffed import asked, sniffed


@pytest.mark.parametrize(
    ("cells", "notation", "kind"),
    [
        (["1", "20", "-3"], POINT, "i64"),
        (["1.5", "2"], POINT, "f64"),
        (["9.90", "1.5"], POINT, "decimal(3,2)"),
        (["1,5", "2"], COMMA, "f64"),
        (["1,50", "-2,25"], COMMA, "decimal(3,2)"),
        (["1.234,50"], Notation(",", "."), "decimal(6,2)"),
        (["1,234.50", "7"], Notation(".", ","), "decimal(6,2)"),
        (["1 234,5", "7"], Notation(",", " "), "f64"),
        (["1\u00a0234,5"], Notation(",", " "), "f64"),
        (["1'234.5"], Notation(".", "'"), "f64"),
        (["1.234.567"], Notation(",", "."), "i64"),
        (["9223372036854775807"], POINT, "i64"),
        (["9223372036854775808"], POINT, "decimal(19,0)"),
        (["0.1234567890123456789"], POINT, "decimal(19,19)"),
    ],
)
def test_numbers(cells: list[str], notation: Notation, kind: str) -> None:
    found = numbers_of(cells)
    assert found is not None
    assert (found.notation, found.type) == (notation, kind)


@pytest.mark.parametrize(
    "cells",
    [
        ["007"], ["1,2,3"],
        ["1.2,3", "1,2.3"], ["+5"], ["1e3"], ["5 %"], ["EUR 5"], ["(12.50)"], ["12,50-"], [""], ["."],
        ["1,23,456"], ["12,3456,789"], ["1.5", "1,5"], [], ["0.1", "x"], ["9" * 39], ["-0"],
    ],
)  # fmt: skip
def test_what_is_no_number_or_none_that_keeps_its_digits(cells: list[str]) -> None:
    found = numbers_of(cells)
    assert found is None or cells == ["-0"]
    assert found is None or found.type != "i64"


def test_three_digits_behind_a_comma_may_be_thousands() -> None:
    found = numbers_of(["1,234", "12,345"])
    assert found is not None
    assert found.rival == Notation(".", ",")
    assert kind_of(["1,234", "12,345"]).type == "str"
    assert kind_of(["1,234", "12,5"]).type == "f64"
    assert kind_of(["0,234"]).type == "f64"


def test_a_point_is_a_decimal_mark_unless_other_columns_have_commas() -> None:
    assert kind_of(["1.234", "5.678"]).type == "f64"
    found = sniffed("id;a;b\n1;1.234;7,5\n2;5.678;8,5\n")
    assert asked(found) == ["decimal"]
    assert found.questions[0].column == "a"
    assert [choice.flag for choice in found.questions[0].choices] == ["--decimal .", "--decimal , --thousands ."]
    assert [choice.gives[0] for choice in found.questions[0].choices] == [("1.234",), ("1234",)]


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["2024-01-13"], ["%Y-%m-%d"]),
        (["13.01.2024", "1.2.2024"], ["%d.%m.%Y"]),
        (["01.02.2024"], ["%d.%m.%Y"]),
        (["01.02.24"], ["%d.%m.%y"]),
        (["13/01/2024"], ["%d/%m/%Y"]),
        (["01/13/2024"], ["%m/%d/%Y"]),
        (["01/02/2024", "03/04/2024"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["2024/02/13"], ["%Y/%m/%d"]),
        (["31-12-25"], ["%d-%m-%y"]),
        (["24-13-12", "24-12-31"], []),
        (["24-12-31", "24-01-13", "95-01-01"], ["%y-%m-%d"]),
        (["13-Jan-2024", "1-feb-2024"], ["%d-%b-%Y"]),
        (["2024-01-13T10:00:00"], ["%Y-%m-%dT%H:%M:%S"]),
        (["2024-01-13 10:00:00.123"], ["%Y-%m-%d %H:%M:%S.%f"]),
        (["13.01.2024 10:00"], ["%d.%m.%Y %H:%M"]),
        (["2024-01-13T10:00:00+02:00", "2024-01-13T10:00:00Z"], ["%Y-%m-%dT%H:%M:%S%z"]),
        (["01/13/2024 3:05 PM"], ["%m/%d/%Y %I:%M %p"]),
        (["2024-01-13", "2024-01-13 10:00"], []),
        (["2024-13-13"], []),
        (["32.01.2024"], []),
        (["1.2"], []),
        (["x"], []),
    ],
)
def test_dates(cells: list[str], formats: list[str]) -> None:
    found = dates_of(cells)
    assert (list(found.formats) if found else []) == formats


def test_an_order_that_nothing_tells_leaves_the_column_text_and_is_asked() -> None:
    found = sniffed("id;day\n1;01/02/2024\n2;03/04/2024\n")
    assert found.columns[1].type == "str"
    assert [choice.flag for choice in found.questions[0].choices] == [
        "--date-format day=%d/%m/%Y",
        "--date-format day=%m/%d/%Y",
    ]


def test_eight_digits_stay_a_whole_number() -> None:
    assert kind_of(["20240113", "20240114"]).type == "i64"


def test_words_for_nothing_are_told_and_not_taken() -> None:
    kind = kind_of(["1", "2", "3", "NA", ""])
    assert (kind.type, kind.nulls, kind.has_empty) == ("str", ("NA",), True)
    found = describe_columns(["x"], [kind])
    assert found.columns[0].nulls == ("", "NA")
    assert "--null x=NA" in found.notes[0]
    assert kind_of(["DE", "NA", "US"]).nulls == ()
    assert kind_of(["1", "NA"]).nulls == ()


def test_cells_that_fit() -> None:
    assert kind_of(["1", "2"]).fits("7")
    assert not kind_of(["1", "2"]).fits("x")
    assert kind_of(["1,5"]).fits("2,5")
    assert not kind_of(["1,5"]).fits("2.5")
    assert kind_of(["2024-01-13"]).fits("2024-05-01")
    assert kind_of(["AB-12", "CD-34", "EF-56"]).fits("GH-78")
    assert shape_of("Ab-12") == "Aa-99"
    assert kind_of(["1", "2"]).with_cell("x").type == "str"
    assert kind_of(["1", "2"]).with_cell("7").type == "i64"
    assert kind_of(["1.5", ""]).with_cell("2.50").type == "decimal(3,2)"


def test_marks_of_a_file_are_those_of_its_columns() -> None:
    found = describe_columns(["a", "b"], [kind_of(["1.234,5"]), kind_of(["7"])])
    assert (found.decimal.value, found.thousands.value) == (",", ".")
    found = describe_columns(["a", "b", "c"], [kind_of(["1,5"]), kind_of(["2,5"]), kind_of(["1.25"])])
    assert found.decimal.value == ","
    assert "'c' has '.' before decimals" in found.notes[0]
