"""The flags of a dataclass's fields, as argparse takes them, and what they said."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from etl_batch.commands.command_parser import Parser
from etl_batch.config import READING_PARTS
from etl_batch.text.flag import FieldFlag, Kind, flags_of


def add_flags(parser: Parser, kind: type, help_here: Mapping[str, str] | None = None) -> None:
    """Add the flags of a dataclass.

    Args:
        parser: of the command.
        kind: the dataclass.
        help_here: what this command says of its fields; then it takes no others.
    """
    for flag in flags_of(kind):
        if help_here is None or flag.field in help_here:
            _add(parser, flag, (help_here or {}).get(flag.field) or flag.flag.help)


def said(kind: type, flags: argparse.Namespace, only: Collection[str] | None = None) -> dict[str, Any]:
    """The values of the fields of which the flags said something; of the others the dataclass has the defaults.

    Args:
        kind: the dataclass.
        flags: as argparse took them.
        only: these fields alone.

    Raises:
        ConfigError: one is not to be understood.
    """
    wanted = [flag for flag in flags_of(kind) if only is None or flag.field in only]
    given = {flag: _as_given(getattr(flags, flag.dest)) for flag in wanted}
    return {flag.field: flag.value(text) for flag, text in given.items() if text is not None}


@cache
def saved_fields() -> frozenset[str]:
    """The options that a saved reading may say: what one switches on, a flag has to be able to switch off."""
    return frozenset(flag.field for part in READING_PARTS for flag in flags_of(part))


def _as_given(value: Any) -> Any:  # noqa: ANN401 - any option
    """What was given: of `--strata=--` argparse leaves an empty list, for it takes out every `--`."""
    return "--" if value == [] else value


def _add(parser: Parser, flag: FieldFlag, help_text: str) -> None:
    """Add a flag that is None where nobody gives it: what is saved under a name may say it then."""
    names = flag.options
    help_text = (help_text % {"default": flag.given_by_default}).replace("%", "%%")
    match flag.kind:
        case Kind.SWITCH:
            parser.add_argument(*names, action="store_true", default=None, help=help_text)
            if flag.field in saved_fields():
                parser.add_argument(
                    flag.opposite, dest=flag.dest, action="store_false", default=None,
                    help=f"no {flag.option}, where a saved reading says it",
                )  # fmt: skip
        case Kind.LIST:
            parser.add_argument(*names, action="append", metavar=flag.flag.metavar, help=help_text)
        case Kind.CHOICE:
            parser.add_argument(*names, choices=list(flag.choices), help=help_text)
        case Kind.TEXT:
            parser.add_argument(*names, type=flag.number or str, metavar=flag.flag.metavar, help=help_text)
