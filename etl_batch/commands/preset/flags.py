"""The flags that the commands of saved readings share."""

from __future__ import annotations

from argparse import ArgumentParser


def add_home(parser: ArgumentParser, *, changes: bool = False) -> None:
    """Add the flags that all of them have; who does it is of interest where something changes."""
    parser.add_argument("--home", metavar="DIR", help="the folder with presets/ (ETL_HOME, else the project's)")
    if changes:
        parser.add_argument("--actor", metavar="NAME", help="who does this (the operating system's user)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_name(parser: ArgumentParser) -> None:
    """Add the name of the one that it is about."""
    parser.add_argument("name", metavar="NAME", help="of the saved reading")
