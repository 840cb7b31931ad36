"""Who writes what: the one table of names and purposes, so that no two purposes ever take the same name. Pure.

Within a job, every file that it writes has a name of its own (`first_clash`). Across jobs, a name that says its purpose
is nobody else's (`foreign_name`), and what is there already is replaced only by its like
(`purpose_there`, `may_replace`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from etl_batch.formats.registry import ENDINGS
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.closed_folders import folded

METADATA_ENDING = ".meta.json"
REJECTS_ENDING = ".rejected.csv"
SAMPLE_ENDING = ".sample.parquet"
TOTALS_ENDING = ".totals.parquet"
PACKAGE_ENDING = ".datapackage.json"
SPAN_SAMPLES_ENDING = ".span.samples"
SPAN_KEYS_ENDING = ".span.keys"
COMPLETED_ENDING = ".new"  #: behind the name of metadata
LAYOUT_NAME = "layout.toml"
LATEST_REPORT = "etl_quantum_report.html"  #: the copy that always is the last job's
HEAD_BYTES = 64 * 1024  #: of a file are enough to tell what it is


class Purpose(StrEnum):
    """What a file is for, as a sentence names it."""

    OUTPUT = "an output"
    INPUT = "an input"
    LAYOUT = "a record layout"
    METADATA = "the metadata of an output"
    REJECTS = "the rows set aside of an output"
    SAMPLE = "the sample of an output"
    TOTALS = "the totals of an output"
    PACKAGE = "the data package of an output"
    KEPT = "an old version that was kept"
    KEYS = "the keys of an output's rows"
    HIDDEN = "a hidden file, as jobs at work have them"
    REPORT = "a report"


#: names that say what they are for; the ends of other names
_NAMES = {LAYOUT_NAME: Purpose.LAYOUT, LATEST_REPORT: Purpose.REPORT}
_ENDINGS = {
    METADATA_ENDING: Purpose.METADATA,
    METADATA_ENDING + COMPLETED_ENDING: Purpose.METADATA,
    REJECTS_ENDING: Purpose.REJECTS,
    SAMPLE_ENDING: Purpose.SAMPLE,
    TOTALS_ENDING: Purpose.TOTALS,
    PACKAGE_ENDING: Purpose.PACKAGE,
    SPAN_SAMPLES_ENDING: Purpose.SAMPLE,
    SPAN_KEYS_ENDING: Purpose.KEYS,
    f".{LAYOUT_NAME}": Purpose.LAYOUT,
}
#: what jobs leave beside their outputs that looks like data
SIDE_DATA_ENDINGS = (REJECTS_ENDING, SAMPLE_ENDING, TOTALS_ENDING)
_KEPT = ".bak."
_REPORT_OF_A_JOB = re.compile(r"\d{8}t\d{6}z-[0-9a-f]{6}\.html")

#: ends of names that are for one purpose only; other ends may be of any
_ENDS_OF = {
    Purpose.OUTPUT: (*ENDINGS, ".gz", ".zst"),  # of data
    Purpose.METADATA: (".json",),
    Purpose.REPORT: (".html", ".htm"),
}
#: what each may take the place of, once the old one is kept under a name of its own
_MAY_REPLACE: dict[Purpose, frozenset[Purpose]] = {
    Purpose.OUTPUT: frozenset({Purpose.OUTPUT}),
    Purpose.METADATA: frozenset({Purpose.METADATA}),
    Purpose.REPORT: frozenset({Purpose.REPORT}),
}

_PARQUET_MAGIC = b"PAR1"
_REPORT_HEAD = re.compile(rb"\s*<!DOCTYPE html>.{0,8000}?<title>([^<]*)Quantum ETL report</title>", re.DOTALL)
_METADATA_HEAD = re.compile(rb'\s*\{\s*"schema_version":\s*\d+,\s*"job_id":\s*"([^"]{1,100})"')
_LAYOUT_KEYS = (
    re.compile(rb"^[ \t]*record_size[ \t]*=", re.MULTILINE),
    re.compile(rb"^[ \t]*\[\[[ \t]*field[ \t]*\]\]", re.MULTILINE),
)
_BETWEEN = " \N{MIDDLE DOT} "  #: verdict, job, product in the title of a report


@dataclass(frozen=True, slots=True)
class Claim:
    """One name that a job takes, or reads."""

    path: Path
    purpose: Purpose
    is_written: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What is under a name already."""

    purpose: Purpose | None  #: None: nobody knows
    job_id: str | None = None  #: whose it is, where it says so


def purpose_of_name(name: str) -> Purpose | None:
    """What a file of this name is for, whoever wrote it; None: it is a name for a user to give."""
    same = folded(name)
    if same.startswith("."):
        return Purpose.HIDDEN
    if _KEPT in same:
        return Purpose.KEPT
    if _REPORT_OF_A_JOB.fullmatch(same):
        return Purpose.REPORT
    endings = (purpose for ending, purpose in _ENDINGS.items() if same.endswith(ending))
    return _NAMES.get(same) or next(endings, None)


def foreign_name(claim: Claim, names: Sequence[str]) -> tuple[str, Purpose] | None:
    """The first name on the way to a file that a user may not give for it, and what it is for.

    Names of the table are given by jobs alone.

    Args:
        claim: for which it is given.
        names: of the folders beneath the root, and of the file.
    """
    for name in names:
        purpose = purpose_of_name(name)
        if purpose is not None:
            return name, purpose
    by_end = _purpose_of_end(names[-1])
    return None if by_end in {None, claim.purpose} else (names[-1], by_end)


def first_clash(claims: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """Two files of one job of which one is written in the place of the other, or inside of it; None: there are none.

    Files that are written are compared as the least particular file system compares names, with those that are only
    read as they are.
    """
    seen: list[tuple[Claim, str, str]] = []
    for claim in sorted(claims, key=lambda claim: not claim.is_written):
        exact = str(claim.path)
        same = folded(exact)
        for other, its_exact, its_same in seen:
            if not other.is_written:
                break  # behind it nothing is written either
            if _is_in_the_way(same, its_same) if claim.is_written else _is_in_the_way(exact, its_exact):
                return claim, other
        seen.append((claim, exact, same))
    return None


def purpose_there(name: str, head: bytes, *, has_metadata: bool) -> Found:
    """What a file is for.

    Args:
        name: of the file.
        head: its first `HEAD_BYTES`.
        has_metadata: whether the metadata of an output of this name lie beside it.
    """
    if (title := _REPORT_HEAD.match(head)) is not None:
        return Found(Purpose.REPORT, _job_of_title(title[1]))
    if (job := _METADATA_HEAD.match(head)) is not None:
        return Found(Purpose.METADATA, job[1].decode("utf-8", "replace"))
    if all(key.search(head) for key in _LAYOUT_KEYS):
        return Found(Purpose.LAYOUT)
    if has_metadata or head.startswith(_PARQUET_MAGIC):
        return Found(Purpose.OUTPUT)
    return Found(purpose_of_name(name) or _purpose_of_end(name))


def may_replace(purpose: Purpose, found: Found) -> bool:
    """Whether a file may take the place of what was found under its name; an output, of what nobody can tell, too."""
    if found.purpose is None:
        return purpose is Purpose.OUTPUT
    return found.purpose in _MAY_REPLACE[purpose]


def _purpose_of_end(name: str) -> Purpose | None:
    return next((purpose for purpose, ends in _ENDS_OF.items() if folded(name).endswith(ends)), None)


def _is_in_the_way(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}/") or other.startswith(f"{name}/")


def _job_of_title(title: bytes) -> str | None:
    import html

    parts = html.unescape(title.decode("utf-8", "replace")).split(_BETWEEN)
    return _BETWEEN.join(parts[1:-1]) or None
