"""A copybook on the launch page: chosen from a list, shown with the first records, kept as a layout that is edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Home
from tests.helpers.streamlit_page import page, sign_in

_BOOK = "       01 R.\n           05 THE-NAME PIC X(4).\n           05 THE-SUM PIC S9(3)V99 COMP-3.\n"
_RECORDS = (b"\xc1\xc4\xc1\x40\x01\x23\x4d" + b"\xc5\xe5\xc1\x40\x00\x00\x7c") * 3


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))


def _picked(home: Home, path: Path) -> AppTest:
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(path)]).run()
    assert not test.exception
    return test


def _texts(test: AppTest) -> str:
    kinds = ("error", "info", "warning", "caption", "markdown", "success")
    return " ".join(str(getattr(one, "value", "")) for kind in kinds for one in test.get(kind)).replace("\\", "")


def _columns(test: AppTest) -> list[list[str]]:
    """The decoded records, column by column."""
    table = next(table.value for table in test.dataframe if "0" in table.value.columns)
    return [list(table[name]) for name in table.columns]


def _lines(test: AppTest) -> str:
    return "".join(str(one.proto.body) for one in test.get("html") if "<pre" in str(one.proto.body))


def _put(home: Home) -> tuple[Path, str]:
    book = home.data / "R.cpy"
    book.write_text(_BOOK)
    return home.put("RECORDS.PS", _RECORDS), str(book)


def test_a_copybook_is_chosen_from_a_list_and_the_records_show_by_it(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    assert "E_FORMAT_EXTENSION" in _texts(test)
    test.selectbox(key="etl_copybook").set_value(book).run()
    assert test.text_input(key="etl_option_layout").value == book
    assert _columns(test) == [["ADA", "EVA"] * 3, ["-12.34", "0.07"] * 3]
    assert "the characters are EBCDIC (cp037), as 24 of 24 bytes" in _texts(test)
    assert "# line 3: THE-SUM PIC S9(3)V99 COMP-3" in _lines(test)
    test.selectbox(key="etl_copybook").set_value(None).run()
    assert test.text_input(key="etl_option_layout").value == ""
    assert "E_FORMAT_EXTENSION" in _texts(test)


def test_it_is_kept_as_the_layout_of_the_file_and_edited(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    test.button(key=f"etl_named_layout_{data}").click().run()
    assert "Saved as RECORDS.layout.toml" in _texts(test)
    assert test.text_input(key="etl_option_layout").value == ""
    assert "# line 2: THE-NAME PIC X(4)" in (home.data / "RECORDS.layout.toml").read_text()
    assert test.button(key=f"etl_layout_{data}_save"), "the editor of the file's own layout"
    assert _columns(test) == [["ADA", "EVA"] * 3, ["-12.34", "0.07"] * 3]


def test_what_is_wrong_with_a_book_is_said_with_its_place(home: Home) -> None:
    data, book = _put(home)
    Path(book).write_text(_BOOK.replace("PIC X(4)", "PIC Q"))
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    assert "E_COPYBOOK" in _texts(test)
    assert "line 2, column 15: THE-NAME has PICTURE" in _texts(test)
    Path(book).write_text(_BOOK)
    test.run()
    assert _columns(test)[0] == ["ADA", "EVA"] * 3, "the book is read again when it has changed"


def test_a_layout_that_is_named_wins_over_the_one_beside_the_file_as_in_a_job(home: Home) -> None:
    data, book = _put(home)
    (home.data / "RECORDS.layout.toml").write_text(
        'record_size = 7\n[[field]]\nname = "raw"\ntype = "bytes"\nlength = 7\n'
    )
    test = _picked(home, data)
    assert _columns(test)[0][0] == "c1c4c14001234d"
    test.text_input(key="etl_option_layout").set_value(book).run()
    assert _columns(test)[0] == ["ADA", "EVA"] * 3


def test_the_encoding_is_asked_and_the_field_answers(home: Home) -> None:
    data, book = _put(home)
    data.write_bytes(_RECORDS + b"\xad\xc4\xc1\x40\x01\x23\x4d")
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    assert "E_AMBIGUOUS" in _texts(test)
    assert '"Encoding"' in _texts(test)
    test.text_input(key="etl_option_encoding").set_value("cp037").run()
    assert _columns(test)[0][-1] == "ÝDA"


def test_a_text_needs_no_copybook_and_is_offered_none(home: Home) -> None:
    _put(home)
    test = _picked(home, home.put("a.csv", b"a,b\n1,2\n"))
    assert not [one for one in test.selectbox if one.key == "etl_copybook"]


_DICTIONARY = "infix dictionary {\n  str name 1-5\n  int year 6-10\n}\n"


def test_a_dictionary_is_chosen_in_the_same_way_and_the_lines_show_by_it(home: Home) -> None:
    (home.data / "x.dct").write_text(_DICTIONARY)
    data = home.put("survey.raw", "Ada   1815\nZoé  2001\n\nEva".encode())
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(str(home.data / "x.dct")).run()
    assert test.text_input(key="etl_option_layout").value == str(home.data / "x.dct")
    assert _columns(test)[1][:2] == ["1815", "2001"]
    assert "# line 3: int, columns 6 to 10" in _lines(test)
    test.button(key=f"etl_named_layout_{data}").click().run()
    assert "lines = true" in (home.data / "survey.layout.toml").read_text()
    assert _columns(test)[1][:2] == ["1815", "2001"]
