"""Saved readings as the launch page has them: listed, offered, taken, saved. Each function asks for the role."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl_batch.commands.preset.preset_files import (
    delete_preset,
    from_home,
    preset_file_text,
    preset_names,
    read_preset,
    save_preset,
)
from etl_batch.commands.preset.preset_text import Preset, preset_of, preset_text, reading_flags
from etl_batch.errors import EtlError, PresetInvalid
from etl_batch.launch.options import Values, config_of, entered
from etl_batch.permissions import Permission, permit
from etl_batch.sniffing.finding import Sniffed
from etl_batch.sniffing.likeness import likeness_of
from etl_batch.text.bounded_documents import MOST_TOML_BYTES, toml_document
from etl_batch.text.date_formats import DateFormat
from etl_batch.text.plain_values import plain
from etl_batch.values import Actor

_STRUCTURE = ("encoding", "delimiter", "quote", "escape", "comment", "skip_lines", "header")
#: what most files are: a later one of the kind may be otherwise, and says so then
_USUAL = {"encoding": "utf-8", "quote": '"', "escape": None, "comment": None}

Said = Mapping[str, str | bool | tuple[str, ...]]  #: by `Option.name`, as a form holds it


def saved_names(home: Path, actor: Actor) -> tuple[str, ...]:
    """Those of all that are there.

    Raises:
        Forbidden: the actor may not launch jobs.
        Refused: the folder is a link, or may not be read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    return preset_names(home)


def names_like(home: Path, actor: Actor, found: Sniffed) -> tuple[str, ...]:
    """Those that were saved for files like this one; one that cannot be read is not among them.

    Raises:
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    likeness = likeness_of(found)
    if likeness is None:
        return ()
    return tuple(name for name in preset_names(home) if _fits(home, name) == likeness)


def _fits(home: Path, name: str) -> str | None:
    """What a saved reading says of that; the rest of it is checked where it is taken, for this is asked of all."""
    try:
        said = toml_document(preset_file_text(home, name)).get("fits")
    except (EtlError, ValueError):
        return None
    return said if isinstance(said, str) else None


def said_by(home: Path, actor: Actor, name: str) -> Said:
    """What a saved reading says, as a form holds it; of what it says nothing of there is nothing.

    Raises:
        Forbidden: the actor may not launch jobs.
        PresetUnknown: there is none of this name.
        PresetInvalid: it is not sound.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    values = read_preset(home, name).values
    return {
        flag.dest: entered(plain(values[flag.field]), flag, home) for flag in reading_flags() if flag.field in values
    }


def told_by(found: Sniffed) -> Said:
    """What its lines tell, in the words of a form: what is asked, or is so in any case, is not among it.

    Of columns only how dates are written, which a later file of the kind may not tell; what numbers look like every
    row of each file proves.
    """
    asked = {question.about for question in found.questions if question.of_structure}
    known = {flag.dest for flag in reading_flags()}
    told: dict[str, str | bool | tuple[str, ...]] = {
        name: _word(found.findings[name].value)
        for name in _STRUCTURE
        if name in known and name in found.findings and name not in asked
        if name not in _USUAL or found.findings[name].value not in (None, _USUAL[name])
    }
    dates = [
        f"{one.name}={one.date_format}"
        for one in found.columns
        if one.date_format and "=" not in one.name and not DateFormat.parse(one.date_format, "").is_iso
    ]
    return {**told, "date_format": tuple(dates)} if dates else told


def _word(value: Any) -> str:  # noqa: ANN401 - of a finding
    return "none" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def entered_text(home: Path, actor: Actor, values: Values, found: Sniffed | None) -> str:
    """The document that says how inputs are read, as a form holds it.

    Args:
        home: the folder with data/, from which its paths count.
        actor: who asks.
        values: of a form: what is said of how inputs are read, and anything else, which is left out.
        found: the file that it is for: it is offered for others like it; None: for none.

    Raises:
        ConfigError: a value is none that a job can be told.
    """
    preset = preset_of(config_of(values, home, actor), None if found is None else likeness_of(found))
    return preset_text(Preset(from_home(home, dict(preset.values)), preset.fits))


def uploaded_text(name: str, content: bytes) -> str:
    """The document that came as a file.

    Raises:
        PresetInvalid: it is none.
    """
    if len(content) > MOST_TOML_BYTES:
        raise PresetInvalid(f"the reading {name!r} has more than {MOST_TOML_BYTES:,} bytes", mend="choose another file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"the reading {name!r} is not UTF-8 (byte {error.start})"
        raise PresetInvalid(why, mend="store it as UTF-8") from None


def keep_reading(home: Path, actor: Actor, name: str, text: str, *, replace: bool) -> None:
    """Save a reading under a name.

    Args:
        home: the folder that holds presets/.
        actor: who saves.
        name: a plain one.
        text: the document, kept as it is.
        replace: one of this name that is there is kept as an old one; otherwise it is not touched.

    Raises:
        PresetInvalid: it is not sound, or says nothing.
        PresetExists: the name is taken.
        Forbidden: the actor may not launch jobs.
    """
    save_preset(home, actor, name, text, replace=replace)


def exported(home: Path, actor: Actor, name: str) -> str:
    """A saved reading as it stands, comments included.

    Raises:
        Forbidden: the actor may not launch jobs.
        Refused: it cannot be read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    return preset_file_text(home, name)


def forget_reading(home: Path, actor: Actor, name: str) -> None:
    """Take a saved reading away.

    Raises:
        Forbidden: the actor may not launch jobs.
        PresetUnknown: there is none of this name.
    """
    delete_preset(home, actor, name)
