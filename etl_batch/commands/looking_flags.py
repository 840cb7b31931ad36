"""What commands have in common that look at a file and write nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from etl_batch.commands.command_parser import Parser
from etl_batch.commands.field_flags import add_flags, said
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, operator
from etl_batch.options.input_reading import InputReading


def add_looking_flags(parser: Parser, reading: Mapping[str, str] | None = None) -> None:
    """Add the flags of how it is read, where the home is, and how the answer is printed.

    Args:
        parser: of the command.
        reading: what the command says of the fields of `InputReading`; then it takes no others.
    """
    add_flags(parser, InputReading, reading)
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/ and output/ (ETL_HOME, else the project's)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def config_to_look(flags: Namespace, path: str, reading: Mapping[str, str] | None = None) -> JobConfig:
    """How a file is read by the flags.

    Args:
        flags: as argparse took them.
        path: of the file, as it was typed.
        reading: as `add_looking_flags` was given it.

    Raises:
        ConfigError: one of them is not to be understood.
    """
    home = home_folder(flags.home)
    return JobConfig(
        home=home,
        inputs=(path,),
        actor=operator(None),
        output_csv=str(home / "output" / "looked-at.csv"),  # nothing is written
        extra_input_roots=extra_input_roots(),
        **said(InputReading, flags, reading),
    )
