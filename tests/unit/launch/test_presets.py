"""Saved readings as a form has them: what is said and what lines tell is saved, and taken again as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl_batch.commands.preset.preset_files import read_preset, save_preset
from etl_batch.errors import Forbidden, PresetExists, PresetInvalid, PresetUnknown
from etl_batch.launch import presets
from etl_batch.launch.options import Values
from etl_batch.options.input_reading import HeaderLine
from etl_batch.sniffing.finding import Sniffed
from etl_batch.sniffing.sample import Sample
from etl_batch.sniffing.sniff import sniff
from etl_batch.values import Actor
from tests.conftest import ACTOR, Home

_SHOP = "Titel\nKäse;Preis;Tag\n" + "".join(f"Öl {n};{n},50;{13 + n % 9}.01.2025\n" for n in range(40))
_NOBODY = replace(ACTOR, role="analyst")


def found(content: bytes = _SHOP.encode()) -> Sniffed:
    """What it seems to be."""
    seen = sniff(Sample(content, b"", b"", len(content)))
    assert seen is not None
    return seen


def _save(home: Home, name: str, values: Values, seen: Sniffed | None, actor: Actor = ACTOR) -> None:
    text = presets.entered_text(home.path, actor, values, seen)
    presets.keep_reading(home.path, actor, name, text, replace=False)


def _import(home: Home, name: str, content: bytes, actor: Actor = ACTOR, *, replace: bool = False) -> None:
    presets.keep_reading(home.path, actor, name, presets.uploaded_text(name, content), replace=replace)


def test_what_lines_tell_is_in_the_words_of_the_form() -> None:
    assert presets.told_by(found()) == {
        "delimiter": ";", "skip_lines": "1", "header": "yes", "date_format": ("Tag=%d.%m.%Y",),
    }  # fmt: skip


def test_what_is_asked_is_not_told() -> None:
    assert "encoding" not in presets.told_by(found(_SHOP.encode("cp1252")))


def test_what_is_saved_is_taken_again(home: Home) -> None:
    values: Values = {
        "encoding": "cp1252",
        "trim": True,
        "null": ("NA", "Preis=-"),
        "rename": "Tag=day",
        "workers": "3",
    }
    _save(home, "shop", values, found())
    assert presets.said_by(home.path, ACTOR, "shop") == {
        name: values[name] for name in ("encoding", "trim", "null", "rename")
    }
    assert dict(read_preset(home.path, "shop").values)["rename"] == (("Tag", "day"),)


def test_what_lines_tell_is_taken_by_a_job(home: Home) -> None:
    _save(home, "shop", presets.told_by(found()), found())
    said = dict(read_preset(home.path, "shop").values)
    assert said == {"delimiter": ";", "header": HeaderLine.YES, "skip_lines": 1, "date_format": ("Tag=%d.%m.%Y",)}


def test_a_layout_counts_from_the_home(home: Home) -> None:
    (home.data / "x.layout.toml").write_text("record_size = 1\n")
    _save(home, "records", {"layout": "x.layout.toml"}, None)
    assert presets.said_by(home.path, ACTOR, "records") == {"layout": "data/x.layout.toml"}


def test_one_is_offered_for_files_like_that_it_was_saved_for(home: Home) -> None:
    _save(home, "shop", {"delimiter": ";"}, found())
    _save(home, "any", {"delimiter": ";"}, None)
    (home.path / "presets" / "broken.toml").write_text("fits = [")
    (home.path / "presets" / "odd.toml").write_text("fits = 5")
    next_month = _SHOP.replace("01.2025", "02.2025").replace("Öl", "Oel").encode("cp1252")
    assert presets.names_like(home.path, ACTOR, found(next_month)) == ("shop",)
    assert presets.names_like(home.path, ACTOR, found(b"a;b\nx;1\n")) == ()
    assert presets.saved_names(home.path, ACTOR) == ("any", "broken", "odd", "shop")


def test_export_is_what_import_takes(home: Home) -> None:
    _save(home, "shop", {"delimiter": ";"}, found())
    text = presets.exported(home.path, ACTOR, "shop") + "# mine\n"
    _import(home, "other", text.encode("utf-8-sig"))
    assert presets.exported(home.path, ACTOR, "other") == text
    with pytest.raises(PresetExists):
        _import(home, "other", text.encode())
    _import(home, "other", text.encode(), replace=True)
    assert len(list((home.path / "presets").glob("other.toml.bak.*"))) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"delimiter = [", b"workers = 3\n", b"#" * (1 << 21), b""])
def test_what_is_no_reading_is_not_imported(home: Home, content: bytes) -> None:
    with pytest.raises(PresetInvalid):
        _import(home, "x", content)
    assert presets.saved_names(home.path, ACTOR) == ()


def test_nothing_said_is_nothing_saved(home: Home) -> None:
    with pytest.raises(PresetInvalid, match="says nothing"):
        _save(home, "x", {"workers": "3"}, None)


def test_one_that_is_deleted_is_gone(home: Home) -> None:
    save_preset(home.path, ACTOR, "x", 'delimiter = ";"\n')
    presets.forget_reading(home.path, ACTOR, "x")
    with pytest.raises(PresetUnknown):
        presets.said_by(home.path, ACTOR, "x")


def test_who_may_not_launch_may_do_nothing_of_it(home: Home) -> None:
    save_preset(home.path, ACTOR, "x", 'delimiter = ";"\n')
    for act in (
        lambda: presets.saved_names(home.path, _NOBODY),
        lambda: presets.names_like(home.path, _NOBODY, found()),
        lambda: presets.said_by(home.path, _NOBODY, "x"),
        lambda: presets.exported(home.path, _NOBODY, "x"),
        lambda: _import(home, "y", b'delimiter = ";"\n', actor=_NOBODY),
        lambda: _save(home, "y", {"delimiter": ";"}, None, actor=_NOBODY),
        lambda: presets.forget_reading(home.path, _NOBODY, "x"),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()
    assert presets.saved_names(home.path, ACTOR) == ("x",)
