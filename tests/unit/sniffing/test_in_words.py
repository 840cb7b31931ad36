"""What was found, as JSON and in words."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.finding import Sniffed, as_shown, from_json
from etl_batch.sniffing.in_words import render
from tests.helpers.sniffed import sniffed

_TEXT = "Report\nid;day;sum\n1;01/02/2024;1,5\n2;03/04/2024;\n"


def test_the_json_has_what_is_promised() -> None:
    found = sniffed(_TEXT).as_json()
    assert found["format"] == "csv"
    assert (found["encoding"], found["line_end"], found["delimiter"], found["quote"]) == ("utf-8", "lf", ";", '"')
    assert (found["skip_lines"], found["comment"], found["header"], found["escape"]) == (1, None, True, None)
    assert (found["decimal"], found["thousands"]) == (",", None)
    assert found["columns"] == [
        {"name": "id", "type": "i64", "date_format": None, "nulls": []},
        {"name": "day", "type": "str", "date_format": None, "nulls": []},
        {"name": "sum", "type": "f64", "date_format": None, "nulls": [""]},
    ]
    (question,) = found["ambiguous"]
    assert (question["about"], question["column"]) == ("date_format", "day")
    assert question["choices"] == ["%d/%m/%Y", "%m/%d/%Y"]
    assert question["flag"] == "--date-format"
    assert set(found["sure"]) == set(found["evidence"])


def test_json_there_and_back() -> None:
    for text in (_TEXT, "2019,2020\n1,2\n", "full name\nAnna Meyer\nJo Day\n"):
        found = sniffed(text)
        assert from_json(found.as_json()) == found


def test_words_name_the_flags_and_what_is_asked() -> None:
    said = render(sniffed(_TEXT), "data/a.txt")
    assert said.startswith("data/a.txt: csv\n")
    assert "flags: --encoding utf-8 --delimiter ';' --skip-lines 1 --header yes --decimal ','\n" in said
    assert "asked: date format of 'day': no day is above 12" in said
    assert "  --date-format day=%d/%m/%Y\n" in said
    assert "    3 sum                      f64\n" in said


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("id;name\n1;'x;y'\n2;'z'\n", "--delimiter ';' --quote \"'\" --skip-lines 0 "),
        ('id;name\n1;5" pipe\n2;7" pipe\n', "--delimiter ';' --quote none --skip-lines 0 "),
        ('id;name\n1;"x;y"\n2;z\n', "--delimiter ';' --skip-lines 0 "),
        ('id;name\n1;"a \\"x\\" b"\n2;z\n', "--delimiter ';' --escape '\\' --skip-lines 0 "),
        ("id||name||k\n1||x||v\n# n\n2||y||v\n3||y||v\n", "--delimiter '||' --skip-lines 0 --comment '#' --header "),
    ],
)
def test_signs_are_named_that_are_not_the_usual_ones(text: str, flags: str) -> None:
    """Also that there is no quote, where one stands within cells: jobs would refuse it."""
    assert f"flags: --encoding utf-8 {flags}" in render(sniffed(text), "a.csv")


def test_what_is_asked_has_no_flag_yet() -> None:
    said = render(sniffed("2019,2020\n1,2\n"), "a.csv")
    assert "--header yes\n" in said
    assert "--header" not in said.partition("flags:")[2].partition("\n")[0]
    assert "  header      asked" in said


def test_what_is_asked_has_no_value() -> None:
    found = sniffed("Account;1\nFrom;2\nid;day;sum\n" + "".join(f"{n};x;{n}.5\n" for n in range(9)))
    assert found.as_json()["skip_lines"] is None
    assert found.as_json()["sure"]["skip_lines"] > 0


def test_what_hides_is_spelt_out() -> None:
    said = render(sniffed("id,na\u202eme\n1,\x1b[31mred\n2,x\n"), "a.csv")
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert "[U+202E]" in said


def test_long_cells_and_rows_are_cut() -> None:
    (row,) = as_shown([["x" * 1000] * 1000])
    assert len(row) == 500
    assert len(row[0]) == 301


def test_what_is_no_text_has_a_note_and_no_flags() -> None:
    assert render(Sniffed("binary", {}, notes=("records",)), "x.bin") == "x.bin: binary\nnote: records\n"
