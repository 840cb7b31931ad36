"""The flags of `python -m etl_batch estimate`, from text to a question."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass

from etl_batch.commands.command_parser import Parser
from etl_batch.commands.run_flags import delimiter
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, operator
from etl_batch.errors import ConfigError
from etl_batch.estimate.where import parse_where
from etl_batch.file_estimate.question import DEFAULT_MEASURES, DEFAULT_STRATA, Question

_EPILOG = """\
examples:
  %(prog)s data/transactions.bin --error-within 1%%
  %(prog)s data/transactions.bin --where "product = 'MILK' and quantity between 2 and 10"
  %(prog)s data/sales.csv --delimiter ';' --measures price --strata region
  %(prog)s output/data.csv --where "sold_at >= '2017-03-01' or store in (1, 7)" --json
  %(prog)s data/sales.parquet --measures price --exact

Where FILE is the output of a job with its sample beside it, the sample answers. Otherwise a file of up to 64 MiB is
read whole; of larger ones pages, blocks of bytes or row groups are drawn at random. Where that would not pay or hold,
the file is read whole, and the answer says so.

A condition compares columns with numbers, 'texts', true and false: = != < <= > >=, in (...), between ... and ...,
is null, is not null, joined by and, or, not and parentheses. Dates are texts: '2017-01-31'. A column whose name is no
plain word stands in "double quotes".
"""


@dataclass(frozen=True, slots=True)
class EstimateOptions:
    """What to ask, of which file, and how to answer."""

    config: JobConfig
    question: Question
    json: bool


def estimate_parser(prog: str) -> Parser:
    """The parser of the estimate command."""
    return as_estimate_parser(Parser(prog=prog))


def as_estimate_parser(parser: Parser) -> Parser:
    """Make a parser, wherever it stands, that of the estimate command."""
    parser.description = "Totals of an existing file with honest intervals, without reading all of it."
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("file", metavar="FILE", help="a .bin, .csv or .parquet file")
    add("--measures", metavar="A,B", help=f"columns to add up ({','.join(DEFAULT_MEASURES)}, as far as there are such)")
    add("--strata", metavar="COL", help=f"totals for each value of this column ({DEFAULT_STRATA}, if it is there)")
    add("--where", metavar="CONDITION", help="count only rows such as: quantity > 2 and product = 'MILK'")
    add("--error-within", metavar="E", help="read until the interval's half width is within this: 1%% or 0.01")
    add("--confidence", type=float, default=0.95, metavar="P", help="how often the interval holds (%(default)s)")
    add("--sample-frac", type=float, default=0.005, metavar="F", help="share of the rows to read (%(default)s)")
    add("--sample-max-rows", type=int, default=200_000, metavar="N", help="at the most so many rows (%(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="another seed draws other rows (%(default)s)")
    add("--exact", action="store_true", help="read every row")
    add("--layout", metavar="FILE", help="record layout for .bin (x.layout.toml beside x.bin, else layout.toml)")
    add("--types", metavar="COL=TYPE,...", help="types of CSV columns, in the layout's words")
    add(
        "--delimiter",
        metavar="C",
        help="between the cells of a CSV: ';', '\\t', '|' ... (',', or what a line sep= at its top says)",
    )
    add("--encoding", default="utf-8", metavar="NAME", help="of a CSV: latin-1, cp1252, utf-16 ... (%(default)s)")
    add("--home", metavar="DIR", help="the folder with data/ and output/ (ETL_HOME, else the project's)")
    add("--json", action="store_true", help="print JSON")
    return parser


def parse_estimate(argv: Sequence[str], prog: str = "python -m etl_batch estimate") -> EstimateOptions:
    """Read the flags of the estimate command.

    Raises:
        ConfigError: unknown flags, or values out of range.
        WhereInvalid: the condition is not understood.
    """
    return estimate_options(estimate_parser(prog).parse_args(argv))


def estimate_options(flags: argparse.Namespace) -> EstimateOptions:
    """What the flags of the estimate command ask for.

    Raises:
        ConfigError: values out of range.
        WhereInvalid: the condition is not understood.
    """
    home = home_folder(flags.home)
    config = JobConfig(
        home=home,
        inputs=(flags.file,),
        actor=operator(None),
        output_csv=str(home / "output" / "estimate.csv"),  # never written; a UTF-8 copy would lie beside it
        layout=flags.layout,
        types=flags.types,
        delimiter=delimiter(flags.delimiter),
        encoding=flags.encoding,
        sample_frac=flags.sample_frac,
        extra_input_roots=extra_input_roots(),
    )
    question = Question(
        measures=_names(flags.measures, "--measures") if flags.measures is not None else DEFAULT_MEASURES,
        measures_named=flags.measures is not None,
        strata=DEFAULT_STRATA if flags.strata is None else flags.strata,
        strata_named=flags.strata is not None,
        where=parse_where(flags.where) if flags.where is not None else None,
        confidence=_confidence(flags.confidence),
        error_within=_share(flags.error_within) if flags.error_within is not None else None,
        sample_frac=flags.sample_frac,
        max_rows=_at_least(flags.sample_max_rows, 2, "--sample-max-rows"),
        seed=_at_least(flags.seed, 0, "--seed"),
        exact=flags.exact,
    )
    return EstimateOptions(config, question, flags.json)


def _names(given: str, option: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in given.split(",")))
    if not all(names):
        raise ConfigError(f"{option} is {given!r}; give names of columns with commas between them")
    return names


def _confidence(given: float) -> float:
    if not 0.5 <= given < 1:
        raise ConfigError(f"--confidence is {given}; give a probability from 0.5 to below 1, such as 0.95")
    return given


def _share(given: str) -> float:
    text = given.strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = math.nan
    if not 1e-6 <= share < 1:
        raise ConfigError(f"--error-within is {given!r}; give a share such as 1% or 0.01, from 0.0001% to below 100%")
    return share


def _at_least(given: int, least: int, option: str) -> int:
    if given < least:
        raise ConfigError(f"{option} is {given}; give {least} or more")
    return given
