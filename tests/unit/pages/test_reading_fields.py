"""How inputs are read, on the launch page: each field shows in the first rows at once, answers are one click."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.launch.options import reading_options
from etl_batch.sniffing.finding import Choice
from etl_batch.ui.reading_controls import answer_of
from tests.conftest import Home
from tests.helpers.streamlit_page import page, sign_in

_SHOP = "Käse;Preis;Tag\nÖl;1,50;13.01.2025\nBrot;2,75;14.01.2025\n".encode("cp1252")


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))


def _picked(home: Home, *paths: Path) -> AppTest:
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(path) for path in paths]).run()
    assert not test.exception
    assert test.button(key="etl_launch_button"), "the page is whole"
    return test


def _rows(test: AppTest) -> list[tuple[str, ...]]:
    """What the first rows show; the first is that of the names."""
    for table in test.dataframe:
        names = [name for name in table.value.columns if name != "problem"]
        if names == [str(number) for number in range(len(names))]:
            labels = json.loads(table.proto.columns)
            shown = tuple(labels[name]["label"] for name in table.value.columns)
            return [shown, *(tuple(row) for row in table.value.itertuples(index=False))]
    return []


def _texts(test: AppTest) -> str:
    kinds = ("error", "info", "warning", "caption", "markdown")
    return " ".join(str(getattr(element, "value", "")) for kind in kinds for element in test.get(kind)).replace(
        "\\", ""
    )


def test_every_field_of_reading_is_on_the_page_and_none_waits_for_a_button(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"a,b\n1,2\n"))
    for option in reading_options():
        (element,) = [
            one for kind in ("text_input", "selectbox", "checkbox", "multiselect") for one in test.get(kind)
            if one.key == f"etl_option_{option.name}"
        ]  # fmt: skip
        assert not element.proto.form_id, option.name


def test_the_rows_follow_each_field(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"a;b\n1;2\n4;5\n"))
    assert _rows(test) == [("a", "b"), ("1", "2"), ("4", "5")]
    test.text_input(key="etl_option_delimiter").set_value("none").run()
    assert _rows(test) == [("a;b",), ("1;2",), ("4;5",)]
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    test.selectbox(key="etl_option_header").set_value("no").run()
    assert _rows(test)[:2] == [("column_1", "column_2"), ("a", "b")]
    test.text_input(key="etl_option_names").set_value("x,y").run()
    assert _rows(test)[0] == ("x", "y")
    test.text_input(key="etl_option_skip_lines").set_value("2").run()
    assert _rows(test) == [("x", "y"), ("4", "5")]
    test.text_input(key="etl_option_names").set_value("x,y,z").run()
    assert "E_CSV_HEADER_WIDTH" in _texts(test)
    test.button(key="etl_as_sniffed").click().run()
    assert _rows(test) == [("a", "b"), ("1", "2"), ("4", "5")]
    assert test.button(key="etl_as_sniffed").disabled


def test_what_was_found_stands_where_nothing_is_said(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"title\n\na;b\n1;2\n3;4\n"))
    assert test.text_input(key="etl_option_delimiter").placeholder == "';'"
    assert test.text_input(key="etl_option_skip_lines").placeholder == "2"
    found = next(table.value for table in test.dataframe if "why" in table.value.columns)
    by_name = found.set_index("about")
    assert by_name.loc["skip lines", "value"] == "2"
    assert by_name.loc["delimiter", "sure"].endswith("%")
    test.text_input(key="etl_option_delimiter").set_value(",").run()
    found = next(table.value for table in test.dataframe if "why" in table.value.columns)
    assert found.set_index("about").loc["delimiter", "sure"] == "you said so"


def test_an_answer_is_one_click(home: Home) -> None:
    test = _picked(home, home.put("a.csv", _SHOP))
    assert "A job asks for the encoding" in _texts(test)
    assert not _rows(test)
    answer = next(button for button in test.button if button.label == "cp1252")
    answer.click().run()
    assert test.text_input(key="etl_option_encoding").value == "cp1252"
    assert _rows(test)[:2] == [("Käse", "Preis", "Tag"), ("Öl", "1.50", "2025-01-13")]
    assert "A job asks" not in _texts(test)
    test.button(key="etl_as_sniffed").click().run()
    assert "A job asks for the encoding" in _texts(test)


def test_what_a_job_makes_of_the_rows_is_marked_and_the_file_is_one_click_away(home: Home) -> None:
    test = _picked(home, path := home.put("a.csv", b"a,b\n=1+1,2\n,3\n4\n"))
    first, gap, short = _rows(test)[1:]
    assert first == ("", "'=1+1", "2")
    assert gap[2] == "3"
    assert short[0] == "1 cell, 2 expected"
    said = "".join(str(element.proto.body) for element in test.get("html"))
    assert all(words in said for words in ("1 cell written otherwise", "1 cell without", "1 row does not fit"))
    (changes,) = [table.value for table in test.dataframe if "before" in table.value.columns]
    assert changes[["row", "column", "before", "after"]].values.tolist() == [[1, "a", "=1+1", "'=1+1"]]
    test.toggle(key=f"etl_as_there_{path}").set_value(True).run()
    assert _rows(test)[1][1:] == ("=1+1", "2")


def test_a_type_that_no_column_has_is_said_beside_the_rows(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"a,b\n1,2\n"))
    test.text_input(key="etl_option_types").set_value("c=i64").run()
    assert "A job would stop here" in _texts(test)
    assert _rows(test) == [("a", "b"), ("1", "2")]


def test_a_job_is_told_what_the_fields_say(home: Home) -> None:
    test = _picked(home, home.put("a.csv", _SHOP))
    test.text_input(key="etl_option_encoding").set_value("cp1252").run()
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    test.button(key="etl_check_button").click().run()
    values = test.session_state["etl_check"].values
    test.session_state["etl_check"].question.stop()
    assert (values["encoding"], values["delimiter"]) == ("cp1252", ";")


def test_a_wrong_value_is_said_and_the_fields_stay(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"a,b\n1,2\n"))
    test.text_input(key="etl_option_encoding").set_value("klingon").run()
    assert "E_CONFIG" in _texts(test)
    test.text_input(key="etl_option_encoding").set_value("latin-1").run()
    assert _rows(test) == [("a", "b"), ("1", "2")]


def test_a_file_that_is_no_text_has_no_findings(home: Home) -> None:
    test = _picked(home, home.put("book.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml"))
    assert "an Excel workbook" in _texts(test)
    assert not [one for one in test.expander if "taken for" in one.label]


@pytest.mark.parametrize(
    ("flag", "sets"),
    [
        ("--encoding cp1252", [("encoding", "cp1252")]),
        ("--delimiter ';'", [("delimiter", ";")]),
        ("--delimiter ' '", [("delimiter", " ")]),
        ("--header no", [("header", "no")]),
        ("--decimal , --thousands .", [("decimal", ","), ("thousands", ".")]),
        ("--date-format a day=%d.%m.%Y", [("date_format", "a day=%d.%m.%Y")]),
        ('--delimiter "\'"', [("delimiter", "'")]),
    ],
)
def test_what_an_answer_sets(flag: str, sets: list[tuple[str, str]]) -> None:
    assert answer_of(Choice("x", flag)) == sets


def _searched(test: AppTest) -> None:
    test.button(key="etl_next_bad_row").click().run()
    question = test.session_state["etl_bad_rows"].question
    if question is not None:
        question.wait()
        test.run()
    assert not test.exception


def test_the_next_bad_row_is_searched_and_shown_with_its_reason(home: Home) -> None:
    rows = b"".join(b"%d,x\n" % n if n not in {3000, 3001} else b"%d\n" % n for n in range(1, 4000))
    test = _picked(home, home.put("a.csv", b"a,b\n" + rows))
    _searched(test)
    assert "Row 3,000 of a.csv, at byte 19,890: 1 cell, 2 expected." in _texts(test)
    _searched(test)
    assert "Row 3,001 of a.csv" in _texts(test)
    _searched(test)
    assert "no further row is bad" in " ".join(element.value for element in test.success)
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    assert not test.success, "it was of another reading"
    _searched(test)
    assert "every row fits" in " ".join(element.value for element in test.success)


def test_a_search_that_is_not_wanted_any_more_ends(home: Home) -> None:
    test = _picked(home, home.put("a.csv", b"a,b\n1,2\n"))
    test.button(key="etl_next_bad_row").click().run()
    question = test.session_state["etl_bad_rows"].question
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    assert question.look().is_over
    assert "etl_bad_rows" not in test.session_state


def test_the_order_of_day_and_month_is_one_click_for_each_column(home: Home) -> None:
    lines = "".join(f"{1 + n % 9}/{2 + n % 7}/2025;{3 + n % 5}/{1 + n % 8}/2024\n" for n in range(30))
    test = _picked(home, home.put("a.csv", f"Tag;Nacht\n{lines}".encode()))
    assert _rows(test)[1] == ("1/2/2025", "3/1/2024"), "nobody can tell: it stays text"
    for column in ("Tag", "Nacht"):
        (answer,) = [one for one in test.button if one.label.replace("\\", "") == f"{column}=%d/%m/%Y"]
        answer.click().run()
    assert not test.exception
    assert test.multiselect(key="etl_option_date_format").value == ["Tag=%d/%m/%Y", "Nacht=%d/%m/%Y"]
    assert _rows(test)[1] == ("2025-02-01", "2024-01-03")
    assert "Nobody can tell" not in _texts(test)
