"""Saved readings on the launch page: saved, offered for a file of the same kind, taken by one click, taken back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.commands.preset.preset_files import preset_names, read_preset, save_preset
from tests.conftest import ACTOR, Home
from tests.helpers.streamlit_page import page, sign_in
from tests.unit.pages.test_reading_fields import _picked, _texts

_SHOP = "Käse;Preis;Tag\nÖl;1,50;13.01.2025\nBrot;2,75;14.01.2025\n"
_NEXT = "Käse;Preis;Tag\nÖl;9,50;03.02.2025\nWein;8,75;04.02.2025\n"


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))


def _save(test: AppTest, name: str) -> AppTest:
    test.text_input(key="etl_preset_name").set_value(name).run()
    test.button(key="etl_preset_save").click().run()
    assert not test.exception
    return test


def _keys(test: AppTest) -> set[str]:
    return {str(button.key) for button in test.button}


def test_what_is_said_and_told_is_saved_and_offered_for_the_next_file(home: Home) -> None:
    test = _picked(home, home.put("jan.csv", _SHOP.encode("cp1252")))
    test.text_input(key="etl_option_encoding").set_value("cp1252").run()
    _save(test, "shop")
    assert dict(read_preset(home.path, "shop").values) == {
        "encoding": "cp1252", "delimiter": ";", "skip_lines": 0, "header": "yes", "date_format": ("Tag=%d.%m.%Y",),
    }  # fmt: skip
    later = _picked(home, home.put("feb.csv", _NEXT.encode("cp1252")))
    assert "This file looks like those that" in _texts(later)
    later.button(key="etl_use_shop").click().run()
    assert not later.exception
    assert later.text_input(key="etl_option_encoding").value == "cp1252"
    assert later.multiselect(key="etl_option_date_format").value == ["Tag=%d.%m.%Y"]
    assert "etl_use_shop" not in _keys(later)
    assert "Encoding: `cp1252` in place of nothing" in _texts(later)


def test_only_what_is_said_is_saved_where_that_is_wanted(home: Home) -> None:
    test = _picked(home, home.put("jan.csv", _SHOP.encode()))
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    test.checkbox(key="etl_preset_told").set_value(False).run()
    _save(test, "shop")
    assert dict(read_preset(home.path, "shop").values) == {"delimiter": ";"}


def test_what_was_changed_is_marked_until_it_is_changed_again_and_taken_back_as_it_was(home: Home) -> None:
    save_preset(home.path, ACTOR, "bank", 'delimiter = "|"\nskip_lines = 1\ntrim = true\nrename = "Tag=day"\n')
    test = _picked(home, home.put("jan.csv", _SHOP.encode()))
    test.text_input(key="etl_option_delimiter").set_value(";").run()
    test.button(key="etl_preset_use").click().run()
    assert test.text_input(key="etl_option_delimiter").value == "|"
    assert test.checkbox(key="etl_option_trim").value
    assert test.text_input(key="etl_option_rename").value == "Tag=day"
    marks = [one.value for one in test.caption if "as `bank` says" in one.value]
    assert len(marks) == 4
    assert "Delimiter: `|` in place of `;`" in _texts(test)
    test.text_input(key="etl_option_skip_lines").set_value("2").run()
    assert len([one for one in test.caption if "as `bank` says" in one.value]) == 3
    test.button(key="etl_take_back_bank").click().run()
    assert test.text_input(key="etl_option_delimiter").value == ";"
    assert test.text_input(key="etl_option_skip_lines").value == "2", "that was changed since"
    assert not test.checkbox(key="etl_option_trim").value
    assert test.text_input(key="etl_option_rename").value == ""
    assert not [one for one in test.caption if "as `bank` says" in one.value]


def test_a_name_that_is_taken_is_told_and_replaced_only_if_that_is_said(home: Home) -> None:
    save_preset(home.path, ACTOR, "bank", 'delimiter = "|"\n')
    test = _picked(home, home.put("jan.csv", _SHOP.encode()))
    _save(test, "bank")
    assert "E_PRESET_EXISTS" in _texts(test)
    test.checkbox(key="etl_preset_replace").set_value(True).run()
    _save(test, "bank")
    assert read_preset(home.path, "bank").values["delimiter"] == ";"
    assert not test.checkbox(key="etl_preset_replace").value


def test_one_that_is_not_sound_is_told_and_sets_nothing(home: Home) -> None:
    save_preset(home.path, ACTOR, "bank", 'delimiter = "|"\n')
    (home.path / "presets" / "bank.toml").write_text('delimiter = "|"\nworkers = 3\n')
    test = _picked(home, home.put("jan.csv", _SHOP.encode()))
    test.button(key="etl_preset_use").click().run()
    assert "E_PRESET_INVALID" in _texts(test)
    assert test.text_input(key="etl_option_delimiter").value == ""


def test_one_is_deleted(home: Home) -> None:
    save_preset(home.path, ACTOR, "bank", 'delimiter = "|"\n')
    test = _picked(home, home.put("jan.csv", _SHOP.encode()))
    test.button(key="etl_preset_delete").click().run()
    assert preset_names(home.path) == ()
    assert "etl_preset_use" not in _keys(test)


def test_names_of_strangers_are_text(home: Home) -> None:
    save_preset(home.path, ACTOR, "b_x_ - a.b", 'delimiter = ";"\n')
    test = page("pages/launch.py", sign_in(home.path)).run()
    assert not test.exception
    test.button(key="etl_preset_use").click().run()
    assert test.text_input(key="etl_option_delimiter").value == ";"
