"""The flags that the commands of jobs share, and what they ask for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from etl_batch.environment import home_folder, operator
from etl_batch.jobs.service import JobService
from etl_batch.values import Actor


def add_home(parser: ArgumentParser) -> None:
    """Add the flags that all of them have, but `start`."""
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/, output/ ... (ETL_HOME, else the project's)"
    )
    parser.add_argument("--actor", metavar="NAME", help="who does this (the operating system's user)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_job(parser: ArgumentParser) -> None:
    """Add the flags of a command about one job."""
    add_home(parser)
    parser.add_argument("id", metavar="ID", help="the name of the job, as `jobs list` has it")


def service_of(flags: Namespace) -> tuple[JobService, Actor]:
    """The service of the home, and who asks it."""
    return JobService(home_folder(flags.home)), operator(flags.actor)
