"""The flags of the audit commands, and the files that they name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from etl_batch.audit.checkpoints import Checkpoint, checkpoints_in
from etl_batch.audit.reading import Filter
from etl_batch.errors import AuditUnreadable

_MOST_BYTES = 1 << 24


def add_home(parser: argparse.ArgumentParser) -> None:
    """Add the flags that all of them have."""
    parser.add_argument("--home", metavar="DIR", help="the folder with .secrets/ (ETL_HOME, else the project's)")
    parser.add_argument("--actor", metavar="NAME", help="who does this, for the log (the operating system's user)")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the flags that choose entries."""
    add = parser.add_argument
    add("--user", metavar="NAME", help="only what this user did")
    add("--action", metavar="NAME", help="only this action, such as job_finished")
    add("--outcome", choices=["ok", "refused", "failed"], help="only what ended so")
    add("--job", metavar="ID", help="only what belongs to this job")
    add("--since", metavar="TIME", help="from then on, UTC: 2026-01-31 or 2026-01-31T12:00:00Z")
    add("--until", metavar="TIME", help="before then")
    add("--text", default="", metavar="TEXT", help="only entries with this text in them, capitals or not")


def filter_of(flags: argparse.Namespace) -> Filter:
    """Which entries the flags choose."""
    return Filter(
        user=flags.user,
        action=flags.action,
        outcome=flags.outcome,
        job=flags.job,
        since=flags.since,
        until=flags.until,
        text=flags.text,
    )


def text_of(name: str) -> str:
    """What a file holds that a flag names; of `-`, standard input.

    Raises:
        AuditUnreadable: it cannot be read, or is no text.
    """
    try:
        if name == "-":
            return sys.stdin.read(_MOST_BYTES)
        with Path(name).open(encoding="utf-8") as file:
            return file.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise AuditUnreadable(f"{name} cannot be read ({getattr(error, 'strerror', None) or 'no text'})") from error


def kept_checkpoint(name: str | None) -> Checkpoint | None:
    """The latest of the checkpoints in a file that `--head` names; None: it names none."""
    return None if name is None else max(checkpoints_in(text_of(name)), key=lambda checkpoint: checkpoint.size)
