"""The options of a job as a form holds them: taken from the command line's own parser, and read by it again.

So the form and the command line cannot drift apart: a flag that is added there is in the form, with its help, and what
the form makes of its fields is what the command line makes of the same words.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.commands.run_flags import NO_MEASURES, parse_run, run_parser
from etl_batch.config import Escaping, JobConfig
from etl_batch.pipeline.inputs import EXTENSIONS
from etl_batch.values import GIB, MIB, Actor

INPUTS = "input"
#: what the caller of the form sets, not the user: where the home is, who asks, how to answer
_OF_THE_CALLER = {"help", "home", "actor", "check", "json", "quiet", "resume"}
#: paths that a form takes as lying beneath the home, where a shell takes them from its working directory
#: and the folder that a name without one lies in
_PATHS = {
    "output_csv": "output", "output_parquet": "output", "layout": "data", "metadata": "output", "report": "report",
    INPUTS: "data",
}  # fmt: skip
_SPACE_COUNTS = {"delimiter"}  #: a blank is a value there
_GROUPS = {
    "output_csv": "Outputs", "output_parquet": "Outputs", "bom": "Outputs", "no_escape": "Outputs",
    "metadata": "Outputs", "report": "Outputs",
    "layout": "Inputs", "types": "Inputs", "delimiter": "Inputs", "encoding": "Inputs", "on_bad_row": "Inputs",
    "max_bad_rows": "Inputs",
    "strata": "Totals", "measures": "Totals", "sample_frac": "Totals", "sample_max_rows": "Totals", "seed": "Totals",
    "confidence": "Totals",
}  # fmt: skip
_OTHERS = "Speed and limits"
_MERGED = "output/merged.csv"  #: of several inputs, and of names that no output can have
_LONGEST_STEM_BYTES = 200  #: what is kept beside an output has a longer name
GROUPS = ("Outputs", "Inputs", "Totals", _OTHERS)

Values = Mapping[str, str | bool | Sequence[str]]  #: by `Option.name`; an empty text: the default


class Kind(StrEnum):
    """How an option is entered."""

    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a job."""

    name: str  #: such as `output_csv`
    flag: str  #: such as `--output-csv`
    help: str  #: in the words of the command line
    kind: Kind
    group: str
    default: str = ""  #: as it would be typed; empty: said in the help
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`Output CSV`, from the flag."""
        words = self.flag.removeprefix("--").split("-")
        known = {"csv": "CSV", "parquet": "Parquet", "gb": "GB", "frac": "fraction", "max": "maximum", "bom": "BOM"}
        text = " ".join(known.get(word, word) for word in words)
        return text[:1].upper() + text[1:]


def job_options() -> tuple[Option, ...]:
    """Every option of the run command that describes the job, in its order."""
    actions = run_parser("run")._actions
    return tuple(_option(action) for action in actions if action.dest not in _OF_THE_CALLER)


def config_of(values: Values, home: Path, actor: Actor) -> JobConfig:
    """The job that the values describe, read as the command line reads them.

    Args:
        values: of the options; a relative path lies beneath the home.
        home: the folder with data/, output/ and report/.
        actor: who asks.

    Raises:
        ConfigError: in the words of the command line.
    """
    return replace(parse_run(arguments(values, home)).config, actor=actor)


def with_default_output(values: Values, home: Path) -> Values:
    """The values as a form means them: without any output the CSV is named after the inputs.

    The command line keeps its fixed `output/data.csv`, which a second input would replace.
    """
    if any(str(values.get(name) or "").strip() for name in ("output_csv", "output_parquet")):
        return values
    inputs = values.get(INPUTS) or ()
    return {**values, "output_csv": default_output(() if isinstance(inputs, bool) else tuple(inputs), home)}


def default_output(inputs: Sequence[str], home: Path) -> str:
    """Where the CSV of some inputs goes unless told otherwise, beneath the home. Pure.

    `data/sales.bin` -> `output/sales.csv`, the folder `data/2024` -> `output/2024.csv`, several -> `output/merged.csv`.
    """
    if len(inputs) > 1:
        return _MERGED
    name = PurePosixPath(inputs[0] if inputs else "data").name
    stem = next((name[: -len(end)] for end in EXTENSIONS if name.lower().endswith(end)), name).strip()
    found = f"output/{stem}.csv"
    is_fit = stem and not stem.startswith(".") and len(stem.encode()) <= _LONGEST_STEM_BYTES
    return found if is_fit and f"{home}/{found}" not in inputs else _MERGED


def arguments(values: Values, home: Path) -> list[str]:
    """The words of the command line that say the same; nothing in a value can become a flag."""
    words = [f"--home={home}"]
    for option in job_options():
        value = values.get(option.name)
        if option.kind is Kind.SWITCH:
            words += [option.flag] if value else []
        elif isinstance(value, str):
            text = value if option.name in _SPACE_COUNTS else value.strip()
            if text:
                words.append(f"{option.flag}={_beneath(home, option.name, text) if option.name in _PATHS else text}")
        elif value and not isinstance(value, bool):
            words += [f"{option.flag}={_beneath(home, option.name, one)}" for one in value]
    return words


def values_of(config: Mapping[str, Any], home: Path) -> dict[str, str | bool | tuple[str, ...]]:
    """The values that describe a job again, from its configuration as the store and the metadata keep it.

    Outputs beneath the home are named from there; inputs are whole paths, as the list of inputs has them.
    """
    by_name = dict(config)
    for name in _PATHS.keys() & by_name.keys():
        by_name[name] = None if by_name[name] is None else str(by_name[name]).removeprefix(f"{home}/")
    by_name["no_escape"] = by_name.pop("escaping", None) == Escaping.OFF
    by_name[INPUTS] = by_name.pop("inputs", ())
    by_name["time_limit"] = by_name.pop("time_limit_s", None)
    for option, key, unit in (("max_size_gb", "max_size_bytes", GIB), ("memory_limit", "memory_limit_bytes", MIB)):
        size = by_name.pop(key, None)
        by_name[option] = None if size is None else size / unit if size % unit else size // unit
    return {option.name: _as_entered(by_name.get(option.name), option) for option in job_options()}


def _option(action: argparse.Action) -> Option:
    flag = max(action.option_strings, key=len)
    if isinstance(action, argparse._AppendAction):
        kind = Kind.LIST
    elif action.nargs == 0:
        kind = Kind.SWITCH
    else:
        kind = Kind.CHOICE if action.choices else Kind.TEXT
    return Option(
        name=action.dest,
        flag=flag,
        help=(action.help or "") % {**vars(action), "prog": "run"},
        kind=kind,
        group=_GROUPS.get(action.dest, _OTHERS),
        default="" if action.default is None or kind is Kind.SWITCH else str(action.default),
        choices=tuple(str(choice) for choice in action.choices or ()),
    )


def _beneath(home: Path, name: str, given: str) -> str:
    """The whole path: `big.parquet` is meant to lie in `output/`."""
    if given.startswith("/"):
        return given
    return f"{home}/{given}" if "/" in given.rstrip("/") else f"{home}/{_PATHS[name]}/{given}"


def _as_entered(value: Any, option: Option) -> str | bool | tuple[str, ...]:  # noqa: ANN401 - any JSON value
    if option.kind is Kind.SWITCH:
        return bool(value)
    if option.kind is Kind.LIST:
        return tuple(str(one) for one in value or ())
    if value is None:
        return ""
    text = ",".join(map(str, value)) or NO_MEASURES if isinstance(value, list | tuple) else str(value)
    if option.name == "delimiter" and text == "\t":
        text = "\\t"
    return "" if text == option.default else text
