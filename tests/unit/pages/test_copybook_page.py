"""A copybook on the launch page: chosen from a list, shown with the first records, kept as a layout that is edited."""

from __future__ import annotations

import random
import struct
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


def _toml(test: AppTest, data: Path) -> str:
    """The layout that a description comes to, as the editor shows it."""
    key = f"etl_layout_{data}_made"
    version = test.session_state[key].version
    test.segmented_control(key=f"{key}_mode_{version}").set_value("TOML").run()
    return str(test.text_area(key=f"{key}_toml_{version + 1}").value)


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
    assert "# line 3: THE-SUM PIC S9(3)V99 COMP-3" in _toml(test, data)
    test.selectbox(key="etl_copybook").set_value(None).run()
    assert test.text_input(key="etl_option_layout").value == ""
    assert "E_FORMAT_EXTENSION" in _texts(test)


def test_it_is_kept_as_the_layout_of_the_file_and_edited(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    test.button(key=f"etl_layout_{data}_made_save").click().run()
    assert "Saved as RECORDS.layout.toml" in _texts(test)
    assert test.text_input(key="etl_option_layout").value == ""
    assert "# line 2: THE-NAME PIC X(4)" in (home.data / "RECORDS.layout.toml").read_text()
    assert test.button(key=f"etl_layout_{data}_save"), "the editor of the file's own layout"
    assert _columns(test) == [["ADA", "EVA"] * 3, ["-12.34", "0.07"] * 3]


def test_its_fields_are_edited_before_it_is_kept_and_the_records_follow(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    text = _toml(test, data)
    assert "until then by what is chosen" not in _texts(test)
    edited = text.replace('"THE_NAME"', '"WHO"').replace("scale = 2", "scale = 3")
    key = f"etl_layout_{data}_made"
    test.text_area(key=f"{key}_toml_1").set_value(edited).run()
    assert _columns(test) == [["ADA", "EVA"] * 3, ["-1.234", "0.007"] * 3]
    assert "until then by what is chosen" in _texts(test)
    assert not (home.data / "RECORDS.layout.toml").exists()
    test.button(key=f"{key}_save").click().run()
    assert 'name = "WHO"' in (home.data / "RECORDS.layout.toml").read_text()
    assert test.text_input(key="etl_option_layout").value == ""
    assert _columns(test)[1] == ["-1.234", "0.007"] * 3
    test.selectbox(key="etl_copybook").set_value(book).run()
    assert _columns(test)[1] == ["-12.34", "0.07"] * 3, "the book begins anew"


def test_edits_of_a_book_go_when_it_comes_to_another_layout(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    test.selectbox(key="etl_copybook").set_value(book).run()
    edited = _toml(test, data).replace("scale = 2", "scale = 3")
    test.text_area(key=f"etl_layout_{data}_made_toml_1").set_value(edited).run()
    assert _columns(test)[1] == ["-1.234", "0.007"] * 3
    Path(book).write_text(_BOOK.replace("THE-SUM", "PAID"))
    test.run()
    assert _columns(test)[1] == ["-12.34", "0.07"] * 3


def test_what_a_table_has_no_room_for_is_edited_as_toml(home: Home) -> None:
    data = home.put("x.bin", b"A1B2" * 3)
    (home.data / "x.layout.toml").write_text(
        'record_size = 2\n[[field]]\nname = "kind"\ntype = "str"\nlength = 1\n[[record]]\nname = "A"\n'
        'when = "kind = \'A\'"\n[[record.field]]\nname = "n"\ntype = "str"\nlength = 1\n'
        '[[record]]\nname = "B"\nwhen = "kind = \'B\'"\n'
    )
    test = _picked(home, data)
    assert "more than a table of fields has room for" in _texts(test)
    assert not [one for one in test.get("segmented_control") if "_mode_" in str(getattr(one, "key", ""))]
    assert "[[record]]" in str(test.text_area(key=f"etl_layout_{data}_toml_0").value)


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
    assert "# line 3: int, columns 6 to 10" in _toml(test, data)
    test.button(key=f"etl_layout_{data}_made_save").click().run()
    assert "lines = true" in (home.data / "survey.layout.toml").read_text()
    assert _columns(test)[1][:2] == ["1815", "2001"]


def test_a_copybook_is_pasted_kept_and_read_by_at_once(home: Home) -> None:
    data = home.put("RECORDS.PS", _RECORDS)
    test = _picked(home, data)
    assert test.button(key="etl_pasted_go").disabled
    test.text_area(key="etl_pasted").set_value(_BOOK).run()
    test.button(key="etl_pasted_go").click().run()
    kept = home.data / "R.cpy"
    assert kept.read_text() == _BOOK
    assert test.text_input(key="etl_option_layout").value == str(kept)
    assert "R.cpy is in data/ now." in _texts(test)
    assert _columns(test) == [["ADA", "EVA"] * 3, ["-12.34", "0.07"] * 3]
    assert test.text_area(key="etl_pasted").value == ""


def test_a_name_that_is_taken_is_refused_and_the_text_stays(home: Home) -> None:
    data, book = _put(home)
    test = _picked(home, data)
    test.text_area(key="etl_pasted").set_value("01 OTHER. 05 A PIC X.")
    test.text_input(key="etl_pasted_name").set_value("R").run()
    test.button(key="etl_pasted_go").click().run()
    assert "data/R.cpy is there already" in _texts(test)
    assert Path(book).read_text() == _BOOK
    assert str(test.text_area(key="etl_pasted").value).startswith("01 OTHER")


def test_of_several_records_the_one_that_is_named_is_shown(home: Home) -> None:
    data, book = _put(home)
    Path(book).write_text(_BOOK + "       01 S.\n           05 WHOLE PIC X(7).\n")
    said = page("pages/launch.py", sign_in(home.path))
    said.session_state["etl_option_record"] = ["R"]
    said.session_state["etl_option_layout"] = book
    said.run().multiselect(key="etl_inputs").set_value([str(data)]).run()
    assert _columns(said)[0] == ["ADA", "EVA"] * 3


def test_where_there_is_no_layout_the_editor_begins_with_the_likeliest_length(home: Home) -> None:
    chance = random.Random(1)
    rows = [f"{chance.choice(('ADA', 'EVA', 'LI')):6}".encode("cp037") + chance.randbytes(5) for _ in range(400)]
    data = home.put("UNKNOWN.PS", b"".join(rows))
    test = _picked(home, data)
    assert "E_FORMAT_EXTENSION" in _texts(test)
    test.button(key="etl_as_records").click().run()
    assert test.selectbox(key="etl_option_format").value == "binary"
    lengths = test.selectbox(key=f"etl_layout_{data}_length")
    assert lengths.options[0].startswith("11 bytes: bytes 11 apart are of one kind")
    assert test.number_input(key=f"etl_layout_{data}_0_size").value == 11
    assert _columns(test)[0][:3] == [row[:6].decode("cp037").strip() for row in rows[:3]]
    test.button(key=f"etl_layout_{data}_save").click().run()
    assert 'encoding = "cp037"' in (home.data / "UNKNOWN.layout.toml").read_text()


def test_another_length_begins_the_layout_anew(home: Home) -> None:
    chance = random.Random(2)
    data = home.put(
        "pairs.bin", b"".join(struct.pack("<ii", chance.randrange(10**5), chance.randrange(900)) for _ in range(500))
    )
    test = _picked(home, data)
    lengths = test.selectbox(key=f"etl_layout_{data}_length")
    assert [option.split(" ")[0] for option in lengths.options] == ["8", "4"]
    lengths.set_value(4).run()
    assert not test.exception
    assert test.number_input(key=f"etl_layout_{data}_1_size").value == 4
