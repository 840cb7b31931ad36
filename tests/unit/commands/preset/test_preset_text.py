"""A saved reading as TOML: what is written, and what is wrong with one, told by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl_batch.commands.preset.preset_text import Preset, parse_preset, preset_of, preset_text, reading_flags
from etl_batch.config import JobConfig
from etl_batch.errors import PresetInvalid
from etl_batch.options.input_reading import HeaderLine, InputReading
from etl_batch.text.flag import flags_of
from tests.conftest import ACTOR

HOME = Path("/somewhere")


def _parsed(text: str) -> Preset:
    return parse_preset(text, "bank.toml", HOME)


def test_it_is_written_as_flags_are_typed() -> None:
    values = {"delimiter": "\t", "header": HeaderLine.NO, "names": ("a b", 'c"d'), "skip_lines": 3}
    text = preset_text(Preset(values, fits="00ff"))
    assert text.splitlines()[3:] == [
        r'delimiter = "\\t"',
        'header = "no"',
        r'names = ["a b", "c\"d"]',
        "skip_lines = 3",
        "",
        "# of a file that it was saved for: its column names, delimiter and kind of encoding, as a hash",
        'fits = "00ff"',
    ]
    assert _parsed(text) == Preset(values, fits="00ff")


def test_a_long_list_has_a_line_for_each() -> None:
    names = tuple(f"column number {number}" for number in range(20))
    text = preset_text(Preset({"names": names}))
    assert '\n    "column number 19",\n]' in text
    assert _parsed(text).values == {"names": names}


def test_what_people_write_is_read() -> None:
    found = _parsed('delimiter = "tab"\nnames = "a, b"\nformat = "csv"\n')
    assert found.values == {"delimiter": "\t", "names": ("a", "b"), "format": "csv"}
    assert _parsed("") == Preset()


@pytest.mark.parametrize(
    ("text", "said", "mend"),
    [
        ("delimiter = ", "bank.toml is no TOML: Invalid value", "mend that line"),
        ('"' * 3, "bank.toml is no TOML: ", "mend that line"),
        ('delimter = ";"', "has the unknown key 'delimter'", "delimiter"),
        ('workers = "3"', "has the unknown key 'workers'", "keys are format, member"),
        ('header = "perhaps"', "header is 'perhaps', where one of auto, yes, no belongs", "mend the file"),
        ('skip_lines = "3"', "skip_lines is '3', where a whole number belongs", "mend the file"),
        ("skip_lines = 3.5", "skip_lines is 3.5, where a whole number belongs", "mend the file"),
        ("skip_lines = -1", "skip_lines: --skip-lines is -1; give 0 or more", "see --help"),
        ("names = [1]", "names is [1], where a text belongs", "mend the file"),
        ("names = 7", "names is 7, where a list belongs", "mend the file"),
        ('names = ["a", "a"]', "names: --names has an empty name, or one twice", "a name of its own"),
        ("delimiter = true", "delimiter is True, where a text belongs", "mend the file"),
        ('delimiter = "\\u0000"', "delimiter: --delimiter is", "give"),
        ('encoding = "klingon"', "encoding: --encoding is 'klingon'", "utf-8, latin-1"),
        ("[encoding]\nx = 1", "encoding is {'x': 1}, where a text belongs", "mend the file"),
        ("fits = 3", "fits is no text", "take the line out"),
        ('skip_lines = 1\ndelimiter = "\\u0000"', "delimiter: ", "give"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(text: str, said: str, mend: str) -> None:
    with pytest.raises(PresetInvalid) as caught:
        _parsed(text)
    assert caught.value.message.startswith("bank.toml")
    assert said in caught.value.message
    assert mend in caught.value.what_to_do


def test_what_is_no_utf8_is_not_written() -> None:
    with pytest.raises(PresetInvalid, match="not UTF-8"):
        preset_text(Preset({"member": "\udcff"}))


def test_it_holds_what_a_job_inherits_and_nothing_of_its_own() -> None:
    flags = {flag.field for flag in reading_flags()}
    assert flags >= {flag.field for flag in flags_of(InputReading)}
    assert not flags & {"inputs", "output_csv", "workers", "preset", "home", "actor", "on_bad_row"}


def test_of_a_job_it_keeps_what_is_not_the_default() -> None:
    config = JobConfig(inputs=("a",), actor=ACTOR, output_csv="o.csv", delimiter=";", workers=7)
    assert preset_of(config) == Preset({"delimiter": ";"})
