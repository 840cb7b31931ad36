"""The flags of `python -m etl_batch estimate`, from text to a question."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from etl_batch.commands.command_parser import Parser
from etl_batch.commands.field_flags import add_flags, said
from etl_batch.commands.run_flags import preset_values
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, operator
from etl_batch.file_estimate.question import Question
from etl_batch.formats.registry import listed
from etl_batch.light_dataclass import dataclass
from etl_batch.text.flag import option

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


#: what is said here of the options of a job that a question has, too: how the file is read, and where the home is
_OF_THE_JOB = {
    "format": "what FILE is read as: auto goes by its layout, content and name (%(default)s)",
    "member": "which file of a .zip (the only one)",
    "layout": "",
    "variant": "",
    "record": "",
    "floats": "",
    "blank": "",
    "record_format": "",
    "rdw": "",
    "short_records": "",
    "depending_on": "",
    "occurs": "",
    "comp_digits": "",
    "century": "",
    "types": "types of CSV columns, in the layout's words",
    "delimiter": r"between the cells of a CSV: ';', '\t', '|' ... (',', or what its lines tell)",
    "encoding": "of a CSV: latin-1, cp1252, utf-16 ... (utf-8, or what its first bytes show)",
    "max_ratio": "",
    "header": "",
    "names": "",
    "skip_lines": "",
    "preset": "",
    "quote": "",
    "escape": "",
    "comment": "",
    "skip_footer": "",
    "decimal": "",
    "thousands": "",
    "date_format": "",
    "null": "",
    "trim": "",
    "home": "the folder with data/ and output/ (ETL_HOME, else the project's)",
}


@dataclass(frozen=True, slots=True)
class EstimateOptions:
    """What to ask, of which file, and how to answer."""

    config: JobConfig
    question: Question
    json: bool = option(False, "print JSON")


def estimate_parser(prog: str) -> Parser:
    """The parser of the estimate command."""
    return as_estimate_parser(Parser(prog=prog))


def as_estimate_parser(parser: Parser) -> Parser:
    """Make a parser, wherever it stands, that of the estimate command."""
    parser.description = "Totals of an existing file with honest intervals, without reading all of it."
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", metavar="FILE", help=f"a file: {listed()}, or of any name, by what it holds")
    add_flags(parser, Question)
    add_flags(parser, JobConfig, _OF_THE_JOB)
    add_flags(parser, EstimateOptions)
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
    found: dict[str, Any] = {
        "home": home,
        "inputs": (flags.file,),
        "actor": operator(None),
        "output_csv": str(home / "output" / "estimate.csv"),  # never written; a UTF-8 copy would lie beside it
        "extra_input_roots": extra_input_roots(),
    }
    of_the_job = said(JobConfig, flags, only={*_OF_THE_JOB, "sample_frac"} - found.keys())
    saved = {name: value for name, value in preset_values(home, flags.preset).items() if name in _OF_THE_JOB}
    config = JobConfig(**(saved | of_the_job), **found)
    question = Question(
        **said(Question, flags), measures_named=flags.measures is not None, strata_named=flags.strata is not None
    )
    return EstimateOptions(config, question, **said(EstimateOptions, flags))
