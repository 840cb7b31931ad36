"""A saved reading as TOML: `parse_preset(preset_text(preset), ...) == preset`. Pure.

Its keys are the flags that say how inputs are read, made of the fields of what `JobConfig` inherits from: a field that
gets a flag is saved, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from etl_batch.config import READING_PARTS, JobConfig
from etl_batch.errors import ConfigError, PresetInvalid
from etl_batch.layouts.toml_text import quoted
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import toml_document
from etl_batch.text.flag import FieldFlag, flags_of
from etl_batch.text.plain_values import plain, value_of
from etl_batch.text.shown_text import shown

_HEAD = (
    "# How inputs are read, saved under a name: `run --preset NAME` takes it. The keys are flags of `run`, without\n"
    "# their dashes. A flag that is given wins.\n"
)
_FITS = "fits"
_FITS_SAYS = "# of a file that it was saved for: its column names, delimiter and kind of encoding, as a hash"
_COLUMNS = 120
_EXPECTED = re.compile(r"Expected `([^`]+)`")
_IN_WORDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a table",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """How inputs are read, as far as it says something."""

    values: Mapping[str, Any] = field(default_factory=dict)  #: by the fields of `JobConfig`
    fits: str | None = None  #: tells files alike that it was saved for, see `same_shape`; None: nobody said


def reading_flags() -> tuple[FieldFlag, ...]:
    """The flags that say how inputs are read, and what shape their table gets."""
    return tuple(flag for part in READING_PARTS for flag in flags_of(part))


def preset_of(config: JobConfig, fits: str | None = None) -> Preset:
    """What a job was told of how its inputs are read; what is the default is left out."""
    said = {flag.field: getattr(config, flag.field) for flag in reading_flags()}
    defaults = {flag.field: flag.default for flag in reading_flags()}
    return Preset({name: value for name, value in said.items() if value != defaults[name]}, fits)


def preset_text(preset: Preset) -> str:
    """The whole document.

    Raises:
        PresetInvalid: a value holds what TOML cannot: bytes of a command line that are not UTF-8.
    """
    said = [(flag, preset.values.get(flag.field)) for flag in reading_flags()]
    lines = [_HEAD, *(f"{flag.dest} = {_toml(_written(flag, value))}" for flag, value in said if value is not None)]
    if preset.fits is not None:
        lines += ["", _FITS_SAYS, f"{_FITS} = {quoted(preset.fits)}"]
    text = "\n".join(lines) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PresetInvalid("a value holds bytes that are not UTF-8", mend="give names and values in UTF-8") from None
    return text


def parse_preset(text: str, what: str, home: Path) -> Preset:
    """A saved reading.

    Args:
        text: the document.
        what: it is called in messages.
        home: in which it is read.

    Raises:
        PresetInvalid: it is no TOML, has an unknown key, or a value that no job can be told.
    """
    try:
        found = toml_document(text)
    except ValueError as error:
        raise PresetInvalid(f"{what} is no TOML: {error}", mend="mend that line, or save the reading again") from error
    fits = found.pop(_FITS, None)
    if not (fits is None or isinstance(fits, str)):
        raise PresetInvalid(f"{what}: {_FITS} is no text", mend="take the line out; it only tells files alike")
    known = {flag.dest: flag for flag in reading_flags()}
    for key in found:
        if key not in known:
            raise PresetInvalid(f"{what} has the unknown key {shown(repr(key))}", mend=f"keys are {', '.join(known)}")
    given = {known[key]: value for key, value in found.items()}
    try:
        return Preset(_checked(given, home), fits)
    except (ConfigError, ValueError) as error:
        raise _explained(given, what, home, error) from error


def _written(flag: FieldFlag, value: Any) -> Any:  # noqa: ANN401 - any option
    """As a person would write it: what can be typed as it is typed, and lists as lists."""
    value = plain(value)
    return value if isinstance(value, list) else flag.given(value)


def _meant(flag: FieldFlag, given: Any) -> Any:  # noqa: ANN401 - any value of TOML
    """What is kept of a value."""
    if isinstance(given, list):
        _refuse_untypable(flag, given)
        return given
    return flag.value(given) if flag.flag.unit or (flag.flag.read is not None and isinstance(given, str)) else given


def _refuse_untypable(flag: FieldFlag, given: list[Any]) -> None:
    """A list is held to what its flag refuses, where it could be typed: a name with a comma could not."""
    if flag.flag.read is not None and flag.flag.write is not None and all(_is_plain(one) for one in given):
        flag.value(flag.flag.write(given))


def _is_plain(one: Any) -> bool:  # noqa: ANN401 - any value of TOML
    return isinstance(one, str) and "," not in one


def _checked(given: Mapping[FieldFlag, Any], home: Path) -> dict[str, Any]:
    """The values as a job has them."""
    values = {flag.field: _meant(flag, value) for flag, value in given.items()}
    some = {"home": str(home), "inputs": ["-"], "output_csv": "-", "actor": {"name": "-", "os_user": "-"}}
    config = value_of(JobConfig, some | values)
    return {name: getattr(config, name) for name in values}


def _explained(given: Mapping[FieldFlag, Any], what: str, home: Path, error: Exception) -> PresetInvalid:
    """The error, of the key that it is about, if one alone is wrong."""
    for flag, value in given.items():
        try:
            _checked({flag: value}, home)
        except ConfigError as wrong:
            return PresetInvalid(f"{what}: {flag.dest}: {wrong.message}", mend=wrong.what_to_do)
        except ValueError as wrong:
            return PresetInvalid(f"{what}: {flag.dest} is {shown(repr(value))}, {_wanted(flag, wrong)}")
    mend = error.what_to_do if isinstance(error, ConfigError) else None
    return PresetInvalid(f"{what}: {error.message if isinstance(error, ConfigError) else error}", mend=mend)


def _wanted(flag: FieldFlag, error: ValueError) -> str:
    """What belongs there, of the words of msgspec: "Expected `int | null`, got `str`"."""
    named = _EXPECTED.search(str(error))
    kinds = [_IN_WORDS[kind] for kind in named[1].split(" | ") if kind in _IN_WORDS] if named else []
    return (
        f"where {' or '.join(kinds) or 'another value'} belongs"
        if not flag.choices
        else (f"where one of {', '.join(flag.choices)} belongs")
    )


def _toml(value: Any) -> str:  # noqa: ANN401 - any value of JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        inner = list(map(_toml, value))
        whole = f"[{', '.join(inner)}]"
        return whole if len(whole) <= _COLUMNS else "[\n" + "".join(f"    {one},\n" for one in inner) + "]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pairs(value))}}}"
    return repr(value)


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    return (f"{quoted(key)} = {_toml(value)}" for key, value in values.items())
