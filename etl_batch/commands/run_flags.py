"""The run command's flags, from text to a `JobConfig`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from etl_batch.commands.command_parser import Parser
from etl_batch.config import DEFAULT_MEASURES, DEFAULT_STRATA, Escaping, JobConfig, OnBadRow, usable_cpus
from etl_batch.environment import extra_input_roots, home_folder, operator
from etl_batch.errors import ConfigError
from etl_batch.values import GIB, MIB


class _Unsaid(str):
    """A default of which can be told that nobody said it."""

    __slots__ = ()


_STRICT = _Unsaid(OnBadRow.STRICT)
NO_MEASURES = "-"  #: in place of the columns to total

_EPILOG = """\
examples:
  %(prog)s -i data/transactions.bin -o output/data.csv
  %(prog)s -i data/ -o output/all.csv -p output/all.parquet -w 8
  %(prog)s -i data/sales.csv --delimiter ';' --types price=decimal(10,2),sold=date -p output/sales.parquet
  %(prog)s -i data/ --check
  %(prog)s -i data/old.bin --layout data/mainframe.toml -p output/parts/ --on-bad-row quarantine

Inputs lie beneath HOME/data or HOME/output (ETL_INPUT_ROOTS=/more:/folders adds to them), outputs beneath
HOME/output or HOME/report. Exit codes: 0 done, 2 refused, 3 failed, 4 cancelled or out of time.
"""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """A job, and how to speak about it."""

    config: JobConfig
    check: bool  #: only say what would happen
    json: bool
    quiet: bool


def run_parser(prog: str) -> Parser:
    """The parser of the run command."""
    return as_run_parser(Parser(prog=prog))


def as_run_parser(parser: Parser) -> Parser:
    """Make a parser, wherever it stands, that of the run command."""
    parser.description = "Merge binary records, CSV and Parquet into one CSV, safe in a spreadsheet, and one Parquet."
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("-i", "--input", action="append", metavar="PATH", help="a file, or a folder of them; repeatable (HOME/data)")
    add("-o", "--output-csv", metavar="PATH", help="CSV output (HOME/output/data.csv where neither -o nor -p is given)")
    add("-p", "--output-parquet", metavar="PATH", help="Parquet output: a file; ending in '/', a folder of part files")
    add("-w", "--workers", type=int, metavar="N", help=f"worker processes (the usable processors: {usable_cpus()})")
    add("--chunk-bytes", type=int, default=64 * MIB, metavar="N", help="bytes of input per chunk (%(default)s)")
    add("--layout", metavar="FILE", help="record layout for .bin (x.layout.toml beside x.bin, else layout.toml)")
    add("--types", metavar="COL=TYPE,...", help="types of CSV columns, in the layout's words (inferred)")
    add(
        "--delimiter",
        metavar="C",
        help="between the cells of a CSV input: ';', '\\t', '|' ... (',', or what a line sep= at its top says)",
    )
    add("--encoding", default="utf-8", metavar="NAME", help="of CSV inputs: latin-1, cp1252, utf-16 ... (%(default)s)")
    add(
        "--on-bad-row", choices=[str(choice) for choice in OnBadRow], default=_STRICT,
        help="stop at the first bad row, or set bad rows aside, counted (%(default)s)",
    )  # fmt: skip
    add(
        "--max-bad-rows", metavar="N or P%",
        help="set bad rows aside, but fail beyond so many, or such a share of the rows read (any, but not all)",
    )  # fmt: skip
    add(
        "--sample-frac", type=float, default=0.005, metavar="F",
        help="share of the rows to sample for estimates (%(default)s)",
    )  # fmt: skip
    add("--sample-max-rows", type=int, default=200_000, metavar="N", help="and no more than so many (%(default)s)")
    add("--strata", metavar="COL", help=f"column whose values are the strata of the estimates ({DEFAULT_STRATA})")
    add(
        "--measures", metavar="A,B",
        help=f"columns whose totals are estimated ({','.join(DEFAULT_MEASURES)}); {NO_MEASURES} for none: no totals, "
        "no sample, and done sooner",
    )  # fmt: skip
    add("--seed", type=int, default=0, metavar="N", help="of the sample: the same seed, the same rows (%(default)s)")
    add("--confidence", type=float, default=0.95, metavar="P", help="of the intervals (%(default)s)")
    add("--bom", action="store_true", help="begin the CSV with a byte order mark, which some spreadsheets want")
    add(
        "--no-escape",
        action="store_true",
        help="write text cells as they are, for machine readers: a spreadsheet that opens the CSV may run them",
    )
    add("--resume", action="store_true", help="go on with the interrupted job of this output; none: start anew")
    add("--max-size-gb", type=float, default=1024.0, metavar="G", help="refuse more input than this (%(default)s)")
    add("--time-limit", type=float, default=3600.0, metavar="S", help="stop after this many seconds (%(default)s)")
    add("--memory-limit", type=int, default=2048, metavar="MB", help="memory of each worker, in MiB (%(default)s)")
    add("--metadata", metavar="FILE", help="metadata JSON (data.csv.meta.json beside data.csv)")
    add("--report", metavar="FILE", help="HTML report (HOME/report/<job>.html, and etl_quantum_report.html there)")
    add("--home", metavar="DIR", help="the folder with data/, output/, report/ (ETL_HOME, else the project's own)")
    add("--actor", metavar="NAME", help="who does this (the operating system's user)")
    add("--check", action="store_true", help="do everything but write: rows, bad rows, sizes, free space, time")
    add("--json", action="store_true", help="print the metadata JSON on standard output")
    add("--quiet", action="store_true", help="no progress bar and no messages, but errors and doubts")
    return parser


def parse_run(argv: Sequence[str], prog: str = "etl_core.py") -> RunOptions:
    """Read the flags of the run command.

    Raises:
        ConfigError: unknown or contradicting flags, or values out of range.
    """
    return run_options(run_parser(prog).parse_args(argv))


def run_options(flags: argparse.Namespace) -> RunOptions:
    """What the flags of the run command ask for.

    Raises:
        ConfigError: contradicting flags, or values out of range.
    """
    home = home_folder(flags.home)
    output_csv = flags.output_csv
    if output_csv is None and flags.output_parquet is None:
        output_csv = str(home / "output" / "data.csv")
    config = JobConfig(
        home=home,
        inputs=tuple(flags.input or [str(home / "data")]),
        actor=operator(flags.actor),
        output_csv=output_csv,
        output_parquet=flags.output_parquet,
        layout=flags.layout,
        types=flags.types,
        delimiter=delimiter(flags.delimiter),
        encoding=flags.encoding,
        metadata=flags.metadata,
        report=flags.report,
        workers=usable_cpus() if flags.workers is None else flags.workers,
        chunk_bytes=flags.chunk_bytes,
        max_size_bytes=_gigabytes(flags.max_size_gb),
        time_limit_s=flags.time_limit,
        memory_limit_bytes=flags.memory_limit * MIB,
        on_bad_row=_on_bad_row(flags.on_bad_row, flags.max_bad_rows),
        max_bad_rows=flags.max_bad_rows,
        bom=flags.bom,
        escaping=Escaping.OFF if flags.no_escape else Escaping.ON,
        strata=flags.strata,
        measures=_measures(flags.measures),
        sample_frac=flags.sample_frac,
        sample_max_rows=flags.sample_max_rows,
        seed=flags.seed,
        confidence=flags.confidence,
        resume=flags.resume,
        extra_input_roots=extra_input_roots(),
    )
    return RunOptions(config, flags.check, flags.json, flags.quiet)


def delimiter(given: str | None) -> str | None:
    r"""The character that is meant: a tab may be written as `\t` or `tab`; None: none was given."""
    named = {"\\t": "\t", "tab": "\t"}
    return None if given is None else named.get(given.lower(), given)


def _on_bad_row(given: str, limit: str | None) -> OnBadRow:
    """A limit of the bad rows says that some are set aside, unless strict is asked for by name."""
    return OnBadRow.QUARANTINE if given is _STRICT and limit is not None else OnBadRow(given)


def _measures(given: str | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if given.strip() == NO_MEASURES:
        return ()
    names = tuple(name.strip() for name in given.split(","))
    if "" in names:
        mend = f"give --measures quantity,value, or {NO_MEASURES} for none"
        raise ConfigError("--measures names no column", mend=mend)
    return names


def _gigabytes(given: float) -> int:
    if not 0 < given < 2**33:
        raise ConfigError(f"--max-size-gb is {given}; give a number above 0")
    return int(given * GIB)
