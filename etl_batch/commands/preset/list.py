"""`preset list`: the saved readings."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.preset.flags import add_home
from etl_batch.commands.preset.preset_files import preset_names, read_preset
from etl_batch.environment import home_folder
from etl_batch.errors import EtlError
from etl_batch.text.plain_values import plain
from etl_batch.text.shown_text import shown

_CELL, _LINE = 40, 100


def add_parser(add: AddParser) -> None:
    """Add the parser of `preset list`."""
    parser = add(description="The saved readings: their names, and what each says.")
    add_home(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the list."""
    home = home_folder(flags.home)
    found = [_listed(home, name) for name in preset_names(home)]
    print_result(json.dumps({"presets": found}, ensure_ascii=False) + "\n" if flags.json else _in_words(found))


def _listed(home: Path, name: str) -> dict[str, Any]:
    """One that is not sound is listed, too: somebody has to see it to mend it."""
    try:
        return {"name": name, "reading": plain(dict(read_preset(home, name).values)), "problem": None}
    except EtlError as error:
        return {"name": name, "reading": None, "problem": str(error)}


def _in_words(found: list[dict[str, Any]]) -> str:
    if not found:
        return "no saved readings; `preset save NAME` makes one\n"
    width = max(len(shown(one["name"], _CELL)) for one in found)
    return "".join(f"{shown(one['name'], _CELL):<{width}}  {_said(one)}\n" for one in found)


def _said(one: dict[str, Any]) -> str:
    if one["reading"] is None:
        return f"!! {shown(one['problem'], 6 * _LINE)}"
    return shown(", ".join(f"{name} {_short(value)}" for name, value in one["reading"].items()), _LINE)


def _short(value: Any) -> str:  # noqa: ANN401 - any option
    return ",".join(map(str, value)) if isinstance(value, list) else repr(value) if value != str(value) else value
