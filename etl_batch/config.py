"""The one frozen configuration of a job, with every default and limit."""

from __future__ import annotations

import os
import re
from dataclasses import field
from enum import StrEnum
from pathlib import Path

from etl_batch.errors import ConfigError
from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputReading
from etl_batch.options.output_dialect import OutputDialect
from etl_batch.options.shape import OutputShape
from etl_batch.options.share import Share
from etl_batch.options.stores import Stores
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.text.flag import INPUTS, OUTPUTS, TOTALS, flag, option
from etl_batch.text.packed_names import output_packing
from etl_batch.text.typed_options import (
    NO_MEASURES,
    BadRowLimit,
    read_gigabytes,
    read_measures,
    typed_measures,
)
from etl_batch.values import GIB, MIB, Actor, Real
from etl_batch.version import PROJECT_ROOT

DEFAULT_STRATA = "product"
DEFAULT_MEASURES = ("quantity", "value")
#: of a job's options, those that a saved reading holds
READING_PARTS = (InputReading, OutputDialect, OutputShape)
_LICENCE = re.compile(r"[-a-zA-Z0-9._]+|https?://[!-~]+")
_LARGEST_LIMIT = 2**62  #: what setrlimit(2) takes


class OnBadRow(StrEnum):
    """What happens at a bad row."""

    STRICT = "strict"  #: the job stops and names it
    QUARANTINE = "quarantine"  #: it is set aside, counted, and the job goes on


class Escaping(StrEnum):
    """Whether text cells of a CSV are kept from running as formulas."""

    ON = "on"
    OFF = "off"  #: for machine readers: cells are written as they are


class ProfileDepth(StrEnum):
    """How much is learned of each column."""

    AUTO = "auto"  #: light, or off where no totals are asked for
    LIGHT = "light"  #: rows, nulls, least and most, lengths of texts, sums
    FULL = "full"  #: and how all values lie
    OFF = "off"


def usable_cpus() -> int:
    """Processors this process may use, which containers and `taskset` make fewer than there are."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, kw_only=True)
class JobConfig(InputReading, OutputDialect, OutputShape, Stores):
    """What to read, what to write, and within which limits."""

    #: the folder that holds data/, output/, report/ and .secrets/
    home: Path = option(
        PROJECT_ROOT, "the folder with data/, output/, report/ (ETL_HOME, else the project's own)",
        metavar="DIR", place=9, is_found=True, is_asked=False,
    )  # fmt: skip
    #: files or folders, as the user wrote them
    inputs: tuple[str, ...] = field(
        metadata=flag(
            "a file, or a folder of them; repeatable (HOME/data)",
            name="--input", short="-i", metavar="PATH", place=1, lies_in="data", repeats=True, is_found=True,
        )
    )  # fmt: skip
    actor: Actor = field(
        metadata=flag("who does this (the operating system's user)", metavar="NAME", place=9, is_asked=False)
    )
    output_csv: str | None = option(
        None, "CSV output: a file; .csv.gz, .csv.zst: compressed; ending in '/', a folder of part files "
        "(HOME/output/data.csv where neither -o nor -p is given)",
        short="-o", metavar="PATH", place=1, group=OUTPUTS, lies_in="output",
    )  # fmt: skip
    #: a file, or ending in "/" a folder of part files
    output_parquet: str | None = option(
        None, "Parquet output: a file; ending in '/', a folder of part files",
        short="-p", metavar="PATH", place=1, group=OUTPUTS, lies_in="output",
    )  # fmt: skip
    metadata: str | None = option(
        None, "metadata JSON (data.csv.meta.json beside data.csv)",
        metavar="FILE", place=8, group=OUTPUTS, lies_in="output",
    )  # fmt: skip
    report: str | None = option(
        None, "HTML report (HOME/report/<job>.html, and etl_quantum_report.html there)",
        metavar="FILE", place=8, group=OUTPUTS, lies_in="report",
    )  # fmt: skip
    licence: str | None = option(
        None, "under which the outputs may be used, for their data package: a name such as CC-BY-4.0, or an address",
        metavar="NAME", place=8, group=OUTPUTS,
    )  # fmt: skip
    #: one, unless a command line finds how many there are
    workers: int = option(
        1, f"worker processes (the usable processors: {usable_cpus()})",
        short="-w", metavar="N", place=1, is_found=True,
    )  # fmt: skip
    #: the unit of planning
    chunk_bytes: int = option(64 * MIB, "bytes of input per chunk (%(default)s)", metavar="N", place=1)
    #: of all inputs together
    max_size_bytes: int = option(
        1024 * GIB, "refuse more input than this (%(default)s)",
        name="--max-size-gb", metavar="G", unit=GIB, number=float, read=read_gigabytes,
    )  # fmt: skip
    #: beyond 256 MiB
    max_ratio: Real = option(
        250.0, "refuse a compressed input that unpacks to more than this many times its size (%(default)s)", metavar="N"
    )
    time_limit_s: Real = option(3600.0, "stop after this many seconds (%(default)s)", name="--time-limit", metavar="S")
    #: of each worker's own data
    memory_limit_bytes: int = option(
        2048 * MIB, "memory of each worker, in MiB (%(default)s)",
        name="--memory-limit", metavar="MB", unit=MIB,
    )  # fmt: skip
    #: for the record: what it says is in the other fields already
    preset: str | None = option(
        None, "a saved reading, see `preset --help`: what no flag says of how inputs are read, it says (none)",
        metavar="NAME", place=2, group=INPUTS, is_asked=False,
    )  # fmt: skip
    on_bad_row: OnBadRow = option(
        OnBadRow.STRICT, "stop at the first bad row, or set bad rows aside, counted (%(default)s)",
        place=2, group=INPUTS,
    )  # fmt: skip
    max_bad_rows: str | None = option(
        None, "set bad rows aside, but fail beyond so many, or such a share of the rows read (any, but not all)",
        metavar="N or P%", place=2, group=INPUTS,
    )  # fmt: skip
    contract: str | None = option(
        None, "what the rows must be: a Table Schema, see the manual; a breach refuses the job (none)",
        metavar="FILE", place=2, group=INPUTS, lies_in="data",
    )  # fmt: skip
    #: None: DEFAULT_STRATA, if there is one
    strata: str | None = option(
        None, f"column whose values are the strata of the estimates ({DEFAULT_STRATA})",
        metavar="COL", place=4, group=TOTALS,
    )  # fmt: skip
    #: (): no sample; None: what there is of DEFAULT_MEASURES
    measures: tuple[str, ...] | None = option(
        None, f"columns whose totals are estimated ({','.join(DEFAULT_MEASURES)}); {NO_MEASURES} for none: no totals, "
        "no sample, and done sooner",
        metavar="A,B", place=4, group=TOTALS, read=read_measures, write=typed_measures,
    )  # fmt: skip
    #: see `profile_depth`
    profile: ProfileDepth = option(
        ProfileDepth.AUTO, "what to learn of each column: light (nulls, least and most, lengths, sums), full (and "
        f"distinct values, quantiles, the frequent), off; auto is light, and off with --measures {NO_MEASURES} "
        "(%(default)s)",
        place=4, group=TOTALS,
    )  # fmt: skip
    sample_frac: Real = option(
        0.005, "share of the rows to sample for estimates (%(default)s)", metavar="F", place=3, group=TOTALS
    )
    sample_max_rows: int = option(200_000, "and no more than so many (%(default)s)", metavar="N", place=3, group=TOTALS)
    seed: int = option(
        0, "of the sample: the same seed, the same rows (%(default)s)", metavar="N", place=4, group=TOTALS
    )
    #: how often the intervals should hold
    confidence: Real = option(DEFAULT_CONFIDENCE, "of the intervals (%(default)s)", metavar="P", place=4, group=TOTALS)
    escaping: Escaping = option(
        Escaping.ON, "write text cells as they are, for machine readers: a spreadsheet that opens the CSV may run them",
        name="--no-escape", place=6, group=OUTPUTS, switches_to=Escaping.OFF,
    )  # fmt: skip
    bom: bool = option(
        False, "begin the CSV with a byte order mark, which some spreadsheets want", place=5, group=OUTPUTS
    )
    resume: bool = option(
        False, "go on with the interrupted job of this output; none: start anew", place=6, is_asked=False
    )
    #: see `share`
    shard: str | None = option(
        None, "make one share of a folder of parts, I from 0 to N-1; `merge` puts the shares together (all of it)",
        metavar="I/N", place=6, is_asked=False,
    )  # fmt: skip
    extra_input_roots: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no job can run with.

        Raises:
            ConfigError: an option out of its range, or no output at all.
        """
        keep_closed(self.home)
        outputs = {"-o": self.output_csv, "-p": self.output_parquet}
        self.refuse_addresses((*self.inputs, self.layout, self.metadata, self.report), outputs)
        if not self.inputs:
            raise ConfigError("no input is given")
        if self.output_csv is None and self.output_parquet is None:
            raise ConfigError("no output is given")
        at_least_one = {
            "--workers": self.workers,
            "--chunk-bytes": self.chunk_bytes,
            "--max-size-gb": self.max_size_bytes,
            "--memory-limit": self.memory_limit_bytes,
            "--sample-max-rows": self.sample_max_rows,
        }
        for name, value in at_least_one.items():
            if value < 1:
                raise ConfigError(f"{name} is {value}; give 1 or more")
        if self.memory_limit_bytes >= _LARGEST_LIMIT:
            raise ConfigError(f"--memory-limit is {self.memory_limit_bytes // MIB} MB, more than any machine has")
        self.refuse_unreadable()
        self.refuse_misshapen()
        self.refuse_unwritable(bom=self.bom)
        self._refuse_bad_row_limit()
        self._refuse_sampling_options()
        if self.share is not None:
            self.share.refuse_files(outputs, resume=self.resume)
        if self.licence is not None and not _LICENCE.fullmatch(self.licence):
            raise ConfigError(
                f"--licence is {self.licence!r}",
                mend="give a name of letters, digits, '.', '_' and '-' such as CC-BY-4.0, or an address that begins "
                "with https://",
            )
        if not self.max_ratio >= 1:
            raise ConfigError(f"--max-ratio is {self.max_ratio}; give a number of 1 or more")
        if not self.time_limit_s > 0:
            raise ConfigError(f"--time-limit is {self.time_limit_s}; give a number of seconds above 0")

    def _refuse_bad_row_limit(self) -> None:
        if self.max_bad_rows is None:
            return
        BadRowLimit.parse(self.max_bad_rows)
        if self.on_bad_row == OnBadRow.STRICT:
            raise ConfigError(
                f"--max-bad-rows is {self.max_bad_rows}, but with --on-bad-row strict the first bad row stops the job",
                mend="choose quarantine, which sets bad rows aside, or leave the limit out",
            )

    def _refuse_sampling_options(self) -> None:
        if not 0 < self.sample_frac <= 1:
            raise ConfigError(f"--sample-frac is {self.sample_frac}; give a share above 0, at most 1")
        if not 0 < self.confidence < 1:
            raise ConfigError(f"--confidence is {self.confidence}; give a number between 0 and 1, such as 0.95")
        if not -(2**63) <= self.seed < 2**64:
            raise ConfigError(f"--seed is {self.seed}; give a number of 64 bits")
        if self.measures is not None and len(set(self.measures)) < len(self.measures):
            raise ConfigError("--measures names a column twice", mend="give --measures quantity,value")

    @property
    def share(self) -> Share | None:
        """The share that is to be made; None: all of it."""
        return None if self.shard is None else Share.parse(self.shard)

    @property
    def profile_depth(self) -> ProfileDepth:
        """How much is learned of each column."""
        if self.profile is not ProfileDepth.AUTO:
            return self.profile
        return ProfileDepth.OFF if self.measures == () else ProfileDepth.LIGHT

    @property
    def settles_types(self) -> bool:
        """Whether types are settled before a row is written: of a Parquet, and to count values by what they are."""
        return self.output_parquet is not None or self.profile_depth is ProfileDepth.FULL

    @property
    def escapes(self) -> bool:
        """Whether text cells get apostrophes."""
        return self.escaping == Escaping.ON

    @property
    def csv_packing(self) -> str | None:
        """How the CSV output is compressed, by its name; None: it is not."""
        return None if self.output_csv is None else output_packing(self.output_csv)

    @property
    def strata_column(self) -> str:
        """The column of the strata, if the inputs have it."""
        return DEFAULT_STRATA if self.strata is None else self.strata

    @property
    def measure_columns(self) -> tuple[str, ...]:
        """The columns to total, as far as the inputs have them."""
        return DEFAULT_MEASURES if self.measures is None else self.measures

    @property
    def input_roots(self) -> tuple[Path, ...]:
        """Folders whose files may be read."""
        return (self.home / "data", self.home / "output", *self.extra_input_roots)

    @property
    def output_roots(self) -> tuple[Path, ...]:
        """Folders that may be written to."""
        return (self.home / "output", self.home / "report")
