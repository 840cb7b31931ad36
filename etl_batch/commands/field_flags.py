"""The flags of a dataclass's fields, as argparse takes them, and what they said."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping
from typing import Any

from etl_batch.commands.command_parser import Parser
from etl_batch.text.flag import FieldFlag, Kind, flags_of


class Unsaid(str):
    """A default of which can be told that nobody said it."""

    __slots__ = ()


def add_flags(parser: Parser, kind: type, help_here: Mapping[str, str] | None = None) -> None:
    """Add the flags of a dataclass.

    Args:
        parser: of the command.
        kind: the dataclass.
        help_here: what this command says of its fields; then it takes no others.
    """
    for one in flags_of(kind):
        if help_here is None or one.field in help_here:
            _add(parser, one, (help_here or {}).get(one.field) or one.flag.help)


def said(kind: type, flags: argparse.Namespace, only: Collection[str] | None = None) -> dict[str, Any]:
    """The values of the fields of which the flags said something, defaults included.

    Args:
        kind: the dataclass.
        flags: as argparse took them.
        only: these fields alone.

    Raises:
        ConfigError: one is not to be understood.
    """
    wanted = [one for one in flags_of(kind) if only is None or one.field in only]
    given = {one: getattr(flags, one.dest) for one in wanted}
    return {one.field: one.value(text) for one, text in given.items() if text is not None}


def _add(parser: Parser, one: FieldFlag, help_text: str) -> None:
    names = one.options
    match one.kind:
        case Kind.SWITCH:
            parser.add_argument(*names, action="store_true", help=help_text)
        case Kind.LIST:
            parser.add_argument(*names, action="append", metavar=one.flag.metavar, help=help_text)
        case Kind.CHOICE:
            default = Unsaid(one.given_by_default)
            parser.add_argument(*names, choices=list(one.choices), default=default, help=help_text)
        case Kind.TEXT:
            parser.add_argument(
                *names, type=one.number or str, default=one.given_by_default, metavar=one.flag.metavar, help=help_text
            )
