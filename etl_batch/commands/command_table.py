"""Commands in a table: only the one that was named is loaded."""

from __future__ import annotations

import importlib
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etl_batch.commands.command_parser import Parser
from etl_batch.errors import EXIT_DONE, ConfigError, EtlError
from etl_batch.light_dataclass import dataclass

AddParser = Callable[..., "CommandParser"]  #: takes what `CommandParser` takes; knows the name of the command
PROG = "python -m etl_batch"
_HELP = ("-h", "--help")


@dataclass(frozen=True, slots=True)
class Row:
    """A command: the module that adds its parser by `add_parser`, and what it does, in a line."""

    module: str
    summary: str = ""  #: empty: for us alone, the help does not list it
    takes: str = ""  #: what follows its name in the list of commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The commands of a parser."""

    rows: Mapping[str, Row]
    help: str  #: the page; `{commands}` is where they are listed
    column: int  #: where the summaries begin
    unknown: str = "there is no command {!r}"

    def help_page(self) -> str:
        """The page with the list."""
        listed = [(f"{name} {row.takes}", row.summary) for name, row in self.rows.items() if row.summary]
        return self.help.format(commands="\n".join(f"  {name:<{self.column}}{text}" for name, text in listed))


class CommandParser(Parser):
    """The parser of a command with flags, or with commands of its own, of which it loads the one that is named.

    Args:
        table: its own commands, in the place of flags.
        failed: says what is wrong with its flags, and the exit code; without it an error of ours is raised.
        more: what argparse takes.
    """

    def __init__(
        self,
        *,
        table: Table | None = None,
        failed: Callable[[EtlError], int] | None = None,
        **more: Any,  # noqa: ANN401 - as argparse has it
    ) -> None:
        super().__init__(**more, add_help=table is None)
        self._table = table
        self._failed = failed

    def error(self, message: str) -> None:  # type: ignore[override]
        """Refuse, in the words of argparse."""
        try:
            super().error(message)
        except ConfigError as error:
            if self._failed is None:
                raise
            self.exit(self._failed(error))

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        """Read the flags; what is not known is refused here, where `--help` would have said what is."""
        if self._table is not None:
            self._load(self._table, list(args or ()))
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def format_help(self) -> str:
        """The page of help."""
        return super().format_help() if self._table is None else self._table.help_page()

    def _load(self, table: Table, words: Sequence[str]) -> None:
        """Add the parser of the command that the words begin with."""
        name = words[0] if words else _HELP[0]
        if name in _HELP:
            from etl_batch.commands.command_console import print_result

            print_result(self.format_help())
            self.exit()
        if name not in table.rows:
            raise ConfigError(table.unknown.format(name), mend=f"see `{self.prog} --help`")
        commands = self.add_subparsers(prog=self.prog, parser_class=CommandParser)
        importlib.import_module(table.rows[name].module).add_parser(lambda **more: commands.add_parser(name, **more))


def run_command(table: Table, words: Sequence[str], **known: object) -> int:
    """Run the command that the words begin with; returns the exit code.

    Args:
        table: all commands.
        words: of the command line, without the name of the program.
        known: what commands are given beside their flags: `pipeline`.

    Raises:
        EtlError: there is no such command, its flags are wrong, or it failed.
    """
    try:
        flags = CommandParser(prog=PROG, table=table).parse_args(words, Namespace(**known))
    except SystemExit as ended:  # help was asked for, or what is wrong is said already
        return int(ended.code or EXIT_DONE)
    return flags.do(flags) or EXIT_DONE
