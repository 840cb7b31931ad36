"""The options of a job as a form holds them: made of the fields of `JobConfig`, and read by the command line's parser.

So the form and the command line cannot drift apart: a field that gets a flag is in the form, with its help, and what
the form makes of its fields is what the command line makes of the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.commands.run_flags import parse_run
from etl_batch.config import JobConfig
from etl_batch.formats.registry import ENDINGS
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputReading
from etl_batch.text.flag import INPUTS as OF_INPUTS
from etl_batch.text.flag import OUTPUTS, SPEED_AND_LIMITS, TOTALS, FieldFlag, Kind, flags_of
from etl_batch.text.packed_names import unpacked_name
from etl_batch.values import Actor

INPUTS = "input"
_MERGED = "output/merged"  #: of several inputs, and of names that no output can have
_LONGEST_STEM_BYTES = 200  #: what is kept beside an output has a longer name
GROUPS = (OUTPUTS, OF_INPUTS, TOTALS, SPEED_AND_LIMITS)

Values = Mapping[str, str | bool | Sequence[str]]  #: by `Option.name`; an empty text: the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a job."""

    name: str  #: such as `output_csv`
    flags: tuple[str, ...]  #: such as `-o`, `--output-csv`
    help: str  #: in the words of the command line
    kind: Kind
    group: str
    default: str = ""  #: as it would be typed; empty: said in the help
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The long one."""
        return self.flags[-1]

    @property
    def label(self) -> str:
        """`Output CSV`, from the flag."""
        words = self.flag.removeprefix("--").split("-")
        known = {"csv": "CSV", "parquet": "Parquet", "gb": "GB", "frac": "fraction", "max": "maximum", "bom": "BOM"}
        text = " ".join(known.get(word, word) for word in words)
        return text[:1].upper() + text[1:]


def job_options() -> tuple[Option, ...]:
    """Every option of the run command that describes the job, in its order."""
    return tuple(_option(flag) for flag in _asked())


def reading_options() -> tuple[Option, ...]:
    """Those that say how inputs are read: what they change shows in the first rows."""
    names = {flag.dest for flag in flags_of(InputReading)}
    return tuple(option for option in job_options() if option.name in names)


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


def with_default_output(values: Values, home: Path, *, in_tables: bool = False) -> Values:
    """The values as a form means them: without any output the CSV is named after the inputs.

    The command line keeps its fixed `output/data.csv`, which a second input would replace. Records of several types
    become a folder of tables.
    """
    if any(str(values.get(name) or "").strip() for name in ("output_csv", "output_parquet")):
        return values
    inputs = values.get(INPUTS) or ()
    return {
        **values,
        "output_csv": default_output(() if isinstance(inputs, bool) else tuple(inputs), home, in_tables=in_tables),
    }


def default_output(inputs: Sequence[str], home: Path, *, in_tables: bool = False) -> str:
    """Where the CSV of some inputs goes where none is named, beneath the home. Pure.

    `data/sales.bin` -> `output/sales.csv`, the folder `data/2024` -> `output/2024.csv`, several -> `output/merged.csv`.
    Of records of several types the same as a folder: `output/sales/`.
    """
    ending = "/" if in_tables else ".csv"
    if len(inputs) > 1:
        return f"{_MERGED}{ending}"
    name = unpacked_name(PurePosixPath(inputs[0] if inputs else "data").name)
    stem = next((name[: -len(end)] for end in ENDINGS if name.lower().endswith(end)), name).strip()
    found = f"output/{stem}{ending}"
    is_fit = stem and not stem.startswith(".") and len(stem.encode()) <= _LONGEST_STEM_BYTES
    is_input = f"{home}/{found}".rstrip("/") in {one.rstrip("/") for one in inputs}
    return found if is_fit and not is_input else f"{_MERGED}{ending}"


def arguments(values: Values, home: Path) -> list[str]:
    """The words of the command line that say the same; nothing in a value can become a flag."""
    words = [f"--home={home}"]
    for flag in _asked():
        value = values.get(flag.dest)
        if flag.kind is Kind.SWITCH:
            words += [flag.option] if value else []
        elif isinstance(value, str):
            text = value if flag.flag.keeps_blanks else value.strip()
            if text:
                words.append(f"{flag.option}={_beneath(home, flag.flag.lies_in, text)}")
        elif value and not isinstance(value, bool):
            words += [f"{flag.option}={_beneath(home, flag.flag.lies_in, each)}" for each in value]
    return words


def values_of(config: Mapping[str, Any], home: Path) -> dict[str, str | bool | tuple[str, ...]]:
    """The values that describe a job again, from its configuration as the store and the metadata keep it.

    Outputs beneath the home are named from there; inputs are whole paths, as the list of inputs has them.
    """
    return {flag.dest: entered(config.get(flag.field), flag, home) for flag in _asked()}


def _asked() -> tuple[FieldFlag, ...]:
    return tuple(flag for flag in flags_of(JobConfig) if flag.flag.is_asked)


def _option(flag: FieldFlag) -> Option:
    default = flag.given_by_default
    return Option(
        name=flag.dest,
        flags=flag.options,
        help=flag.help,
        kind=flag.kind,
        group=flag.flag.group,
        default="" if default is None else str(default),
        choices=flag.choices,
    )


def _beneath(home: Path, folder: str, given: str) -> str:
    """The whole path: `big.parquet` is meant to lie in `output/`. What is no path is left as it is."""
    if not folder or given.startswith("/"):
        return given
    return f"{home}/{given}" if "/" in given.rstrip("/") else f"{home}/{folder}/{given}"


def entered(value: Any, flag: FieldFlag, home: Path) -> str | bool | tuple[str, ...]:  # noqa: ANN401 - any JSON value
    """What a form holds for a value as JSON has it; paths beneath the home are named from there."""
    if flag.kind is Kind.SWITCH:
        return bool(value == flag.flag.switches_to)
    if flag.kind is Kind.LIST:
        return tuple(str(each) for each in value or ())
    if value is None:
        return ""
    text = str(flag.given(value))
    if flag.flag.lies_in:
        text = text.removeprefix(f"{home}/")
    is_default = flag.given_by_default is not None and text == str(flag.given_by_default)
    return "" if is_default else text
