"""The files of saved readings, `HOME/presets/NAME.toml`: opened beneath the home, and changed on the record."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.audit.events import Action, Event
from etl_batch.audit.recorded_file import is_there, put_recorded, remove_recorded
from etl_batch.commands.preset.preset_text import Preset, parse_preset, reading_flags
from etl_batch.errors import EtlError, NotFound, PresetExists, PresetInvalid, PresetName, PresetUnknown
from etl_batch.permissions import Permission, permit
from etl_batch.storage.paths import list_folder, make_folder, open_input
from etl_batch.storage.roots import Place
from etl_batch.text.bounded_documents import MOST_TOML_BYTES
from etl_batch.text.shown_text import shown
from etl_batch.values import Actor

FOLDER, _ENDING = "presets", ".toml"
#: a letter, digit or `_` first, no blank or point last: neither a path, nor hidden, nor what shells and people misread
_NAME = re.compile(r"\w(?:[\w .-]{0,62}[\w-])?")
_MOST_NAMED = 20  #: in a message


def preset_place(home: Path, name: str) -> Place:
    """Where a saved reading lies.

    Raises:
        PresetName: it is no plain name.
    """
    whole = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(whole):
        raise PresetName(f"{shown(repr(name))} is no name of a saved reading")
    return _folder(home).child(whole + _ENDING)


def preset_names(home: Path) -> tuple[str, ...]:
    """The names of all that are there, in their order; files of other names in the folder are nobody's business.

    Raises:
        Refused: the folder is a link, or may not be read.
    """
    try:
        files = list_folder(_folder(home))
    except NotFound:
        return ()
    return tuple(name for file in files if file.endswith(_ENDING) and _NAME.fullmatch(name := file[: -len(_ENDING)]))


def preset_file_text(home: Path, name: str) -> str:
    """A saved reading as it stands, comments and mistakes included.

    Raises:
        PresetUnknown: there is none of this name; says which there are.
        PresetInvalid: it is larger than any, or no text.
        Refused: the name is none, or what has it is no plain file.
    """
    where = preset_place(home, name)
    try:
        descriptor = open_input(where)
    except NotFound:
        raise _unknown(home, name) from None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MOST_TOML_BYTES + 1)
    if len(content) > MOST_TOML_BYTES:
        raise PresetInvalid(f"{where.path} has more than {MOST_TOML_BYTES:,} bytes", mend="delete it, and save another")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PresetInvalid(f"{where.path} is not UTF-8 (byte {error.start})", mend="store it as UTF-8") from None


def read_preset(home: Path, name: str) -> Preset:
    """A saved reading.

    Raises:
        PresetInvalid: it is not sound; names the key.
        Refused: as `preset_file_text`.
    """
    return parse_preset(preset_file_text(home, name), str(preset_place(home, name).path), home)


def reading_of(home: Path, name: str) -> dict[str, Any]:
    """What a saved reading says, by the fields of `JobConfig`; its paths count from the home.

    Raises:
        Refused: as `read_preset`.
    """
    values = dict(read_preset(home, name).values)
    for path in _path_fields() & values.keys():
        values[path] = os.path.join(home, values[path])  # noqa: PTH118 - a Path would lose what is wrong with it
    return values


def from_home(home: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are saved: paths as they count from the home, so that a reading may move to another."""
    paths = {path: os.path.abspath(values[path]) for path in _path_fields() & values.keys() if values[path]}  # noqa: PTH100
    return values | {path: whole.removeprefix(f"{home}/") for path, whole in paths.items()}


def save_preset(home: Path, actor: Actor, name: str, text: str, *, replace: bool = False) -> Place:
    """Save a reading, on the record.

    Args:
        home: the folder that holds presets/.
        actor: who saves; must be allowed to launch jobs.
        name: a plain one.
        text: the document, kept as it is, with its comments.
        replace: one of this name that is there stays as `NAME.toml.bak.<time>`; otherwise it is not touched.

    Raises:
        PresetInvalid: it is not sound.
        PresetExists: the name is taken.
        Refused: the actor may not, or it cannot be put there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    target = preset_place(home, name)
    preset = parse_preset(text, f"the reading {name!r}", home)
    if not preset.values:
        raise PresetInvalid(f"the reading {name!r} says nothing", mend="say how inputs are read, as by --delimiter ';'")
    make_folder(_folder(home))
    there = is_there(target)
    if there and not replace:
        raise PresetExists(f"there is a saved reading {name!r} already")
    detail = {"keys": len(preset.values), "replaced": there}
    event = Event(action=Action.PRESET_SAVED, target=_recorded(target), detail=detail)
    put_recorded(target, text.encode(), home, actor, event)
    return target


def delete_preset(home: Path, actor: Actor, name: str) -> None:
    """Take a saved reading away, on the record.

    Raises:
        PresetUnknown: there is none of this name.
        Refused: the actor may not, or what has the name is no plain file.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    target = preset_place(home, name)
    try:
        remove_recorded(target, home, actor, Event(action=Action.PRESET_DELETED, target=_recorded(target)))
    except NotFound:
        raise _unknown(home, name) from None


def _recorded(target: Place) -> str:
    return str(target.path)


def _folder(home: Path) -> Place:
    return Place(Path(os.path.realpath(home)), PurePosixPath(FOLDER))


def _path_fields() -> set[str]:
    return {flag.field for flag in reading_flags() if flag.flag.lies_in}


def _unknown(home: Path, name: str) -> PresetUnknown:
    try:
        names = preset_names(home)
    except EtlError:
        names = ()
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    mend = f"give one of {', '.join(names[:_MOST_NAMED])}{more}" if names else None
    return PresetUnknown(f"there is no saved reading {name!r} in {home}/{FOLDER}", mend=mend)
