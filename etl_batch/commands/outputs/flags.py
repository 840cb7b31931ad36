"""The flags that the commands of outputs share, and what they ask."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from etl_batch.environment import home_folder, operator
from etl_batch.jobs.output_changes import OutputService
from etl_batch.values import Actor


def add_home(parser: ArgumentParser) -> None:
    """Add the flags that all of them have."""
    parser.add_argument("--home", metavar="DIR", help="the folder with output/ (ETL_HOME, else the project's)")
    parser.add_argument("--actor", metavar="NAME", help="who does this (the operating system's user)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def service_of(flags: Namespace) -> tuple[OutputService, Actor]:
    """The outputs of the home, and who asks."""
    return OutputService(home_folder(flags.home)), operator(flags.actor)
