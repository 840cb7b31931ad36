"""Any reading, saved, is the same reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.commands.preset.preset_text import Preset, parse_preset, preset_of, preset_text, reading_flags
from etl_batch.errors import PresetInvalid
from etl_batch.launch.options import config_of
from etl_batch.options.input_reading import HeaderLine, InputFormat, InputReading
from tests.property.launch.test_options import _CHOICES, ACTOR, HOME

_TEXT = st.text(min_size=1, max_size=20)
_READINGS = st.builds(
    InputReading,
    format=st.sampled_from(InputFormat),
    member=st.none() | _TEXT,
    layout=st.none() | _TEXT,
    types=st.none() | _TEXT,
    delimiter=st.none() | st.sampled_from([chr(code) for code in range(1, 128) if chr(code) not in '"\r\n']),
    encoding=st.sampled_from(["utf-8", "latin-1", "cp1252", "utf-16"]),
    header=st.sampled_from(HeaderLine),
    names=st.none() | st.lists(_TEXT, min_size=1, max_size=8, unique=True).map(tuple),
    skip_lines=st.none() | st.integers(0, 2**60),
)


def _back(preset: Preset) -> Preset:
    return parse_preset(preset_text(preset), "there and back", Path("/home"))


@given(_READINGS, st.none() | _TEXT)
def test_whatever_it_says(reading: InputReading, fits: str | None) -> None:
    said = {flag.field: getattr(reading, flag.field, None) for flag in reading_flags()}
    preset = Preset({name: value for name, value in said.items() if value is not None}, fits)
    assert _back(preset) == preset


@given(_CHOICES)
def test_whatever_a_form_says_of_it(values: dict[str, Any]) -> None:
    """Each option that says how inputs are read, those that come later among them."""
    config = config_of(values, HOME, ACTOR)
    preset = preset_of(config)
    assert _back(preset) == preset
    bare = replace(config, **{flag.field: flag.default for flag in reading_flags()})
    assert replace(bare, **_back(preset).values) == config


@given(st.text(max_size=200) | st.text('abdeilmnrtx_s=[]{}"\n#.,;01', max_size=60))
def test_any_text_is_a_reading_or_an_error_of_ours(text: str) -> None:
    try:
        found = parse_preset(text, "a file", Path("/home"))
    except PresetInvalid as error:
        said = error.message
    else:
        said = "a file"
        assert _back(found) == found
    assert said.startswith("a file")
