"""The tables of flags in the manual, made of the fields: which flags, in which order, with which defaults.

What the manual says of a flag may be more than the line of `--help`, so words that stand there stay; a flag without a
row gets one in the words of its help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl_batch.commands.estimate_flags import EstimateOptions
from etl_batch.commands.run_flags import RunOptions
from etl_batch.config import JobConfig
from etl_batch.file_estimate.question import Question
from etl_batch.text.flag import FieldFlag, Kind, flags_of

_HEAD = "| flag | meaning | default |\n|---|---|---|\n"
_TABLES = {"## Usage": (JobConfig, RunOptions), "## Estimate a file": (Question, EstimateOptions)}
_FOR_WHERE = re.compile(r" \(([^()]*)\)$")  #: the default, at the end of a help


def with_flag_tables(manual: str) -> str:
    """The manual with the tables of today's flags."""
    for heading, kinds in _TABLES.items():
        before, head, rest = manual.partition(f"\n{heading}\n")
        text, more_head, rest = rest.partition(_HEAD)
        rows, end, after = rest.partition("\n\n")
        flags = [one for kind in kinds for one in flags_of(kind)]
        manual = "".join([before, head, text, more_head, "\n".join(_rows(rows.splitlines(), flags)), end, after])
    return manual


def _rows(today: list[str], flags: list[FieldFlag]) -> Iterator[str]:
    """The rows of flags with fields, in their order, and behind each the rows without one that stood there."""
    options = {one.option: one for one in flags}
    said: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    at = ""
    for row in today:
        named = next((name for name in re.findall(r"--[a-z-]+", row.split(" | ")[0]) if name in options), None)
        if named is None:
            others.setdefault(at, []).append(row)
        else:
            said[named], at = row, named
    yield from others.get("", [])
    for option, one in options.items():
        yield _row(one, said.get(option))
        yield from others.get(option, [])


def _row(one: FieldFlag, today: str | None) -> str:
    default, found = _default(one), _FOR_WHERE.search(one.help)
    words, shown = one.help, default or (found[1] if found else "none")
    if found is not None:
        words = words.removesuffix(found[0])
    if today is not None:
        words, kept = (cell.strip() for cell in today.rsplit("|", 3)[1:3])
        shown = kept if default is None or kept.split("; ")[0] == default else default
    return f"| {_named(one)} | {words} | {shown} |"


def _named(one: FieldFlag) -> str:
    """Such as `-w, --workers N`, or `--on-bad-row strict` or `quarantine`."""
    words = [*one.choices] or (one.flag.metavar or "").split(" or ")
    first = f"`{', '.join(one.options)}{' ' * bool(words[0])}{words[0]}`"
    *between, last = [first, *(f"`{word}`" for word in words[1:])]
    return f"{', '.join(between)} or {last}" if between else last


def _default(one: FieldFlag) -> str | None:
    """The default as the manual prints it; None: the words of the help, or of the manual, say it."""
    if one.kind is Kind.SWITCH:
        return "off"
    given = one.given_by_default
    if given is None:
        return None
    return f"{given:.12g}" if one.number else f"`{given}`"
