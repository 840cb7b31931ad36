"""The one frozen configuration of a job, with every default and limit."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from etl_batch.errors import ConfigError
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.text.encodings import encoding_named
from etl_batch.values import GIB, MIB, Actor
from etl_batch.version import PROJECT_ROOT

DEFAULT_STRATA = "product"
DEFAULT_MEASURES = ("quantity", "value")
_NO_DELIMITERS = frozenset('"\r\n\0')
_NUMBER = re.compile(r"\d{1,18}")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?) ?%")
_WHOLE = 100  #: percent
_LARGEST_LIMIT = 2**62  #: what setrlimit(2) takes


class OnBadRow(StrEnum):
    """What happens at a bad row."""

    STRICT = "strict"  #: the job stops and names it
    QUARANTINE = "quarantine"  #: it is set aside, counted, and the job goes on


class Escaping(StrEnum):
    """Whether text cells of a CSV are kept from running as formulas."""

    ON = "on"
    OFF = "off"  #: for machine readers: cells are written as they are


def usable_cpus() -> int:
    """Processors this process may use, which containers and `taskset` make fewer than there are."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class BadRowLimit:
    """The most bad rows that a job may have: so many, or a share of the rows read."""

    text: str  #: as it was given
    number: Fraction  #: rows, or percent
    is_share: bool

    @classmethod
    def parse(cls, text: str) -> BadRowLimit:
        """`10`, or `2.5%`.

        Raises:
            ConfigError: it is neither.
        """
        if _NUMBER.fullmatch(text):
            return cls(text, Fraction(text), is_share=False)
        found = _PERCENT.fullmatch(text)
        if found is None or Fraction(found[1]) > _WHOLE:
            raise ConfigError(
                f"--max-bad-rows is {text!r}", mend="give a number of rows such as 10, or a share of them such as 0.5%"
            )
        return cls(text, Fraction(found[1]), is_share=True)

    def allows(self, bad: int, rows: int) -> bool:
        """Whether so many bad rows, of all that were read, are within it. Exact at the boundary."""
        return bad * _WHOLE <= self.number * rows if self.is_share else bad <= self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class JobConfig:
    """What to read, what to write, and within which limits."""

    home: Path = PROJECT_ROOT  #: the folder that holds data/, output/, report/ and .secrets/
    inputs: tuple[str, ...]  #: files or folders, as the user wrote them
    actor: Actor
    output_csv: str | None = None
    output_parquet: str | None = None  #: a file, or ending in "/" a folder of part files
    layout: str | None = None  #: record layout for .bin; None: looked for beside the input
    types: str | None = None  #: of CSV columns, NAME=TYPE,...; the others are inferred
    delimiter: str | None = None  #: between the cells of CSV inputs; None: "," unless a file names another
    encoding: str = "utf-8"  #: of CSV inputs
    metadata: str | None = None  #: None: beside the first output
    report: str | None = None  #: None: HOME/report/<job_id>.html, copied to HOME/report/etl_quantum_report.html
    workers: int = 1
    chunk_bytes: int = 64 * MIB  #: input bytes per chunk, the unit of planning
    max_size_bytes: int = 1024 * GIB  #: of all inputs together
    time_limit_s: float = 3600.0
    memory_limit_bytes: int = 2048 * MIB  #: of each worker's own data
    on_bad_row: OnBadRow = OnBadRow.STRICT
    max_bad_rows: str | None = None  #: beyond so many, or such a share (`5%`) of the rows read, the job fails
    strata: str | None = (
        None  #: column whose values are the strata of the sample; None: DEFAULT_STRATA, if there is one
    )
    measures: tuple[str, ...] | None = None  #: columns to total; (): no sample; None: what there is of DEFAULT_MEASURES
    sample_frac: float = 0.005  #: share of the rows to sample
    sample_max_rows: int = 200_000  #: and no more than so many
    seed: int = 0  #: of the sample
    confidence: float = 0.95  #: of the intervals: how often they should hold
    escaping: Escaping = Escaping.ON  #: of the cells of CSV outputs
    bom: bool = False  #: begin the CSV with a byte order mark, for spreadsheets
    resume: bool = False  #: go on with the interrupted job of these outputs
    extra_input_roots: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no job can run with.

        Raises:
            ConfigError: an option out of its range, or no output at all.
        """
        keep_closed(self.home)
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
        for option, value in at_least_one.items():
            if value < 1:
                raise ConfigError(f"{option} is {value}; give 1 or more")
        if self.memory_limit_bytes >= _LARGEST_LIMIT:
            raise ConfigError(f"--memory-limit is {self.memory_limit_bytes // MIB} MB, more than any machine has")
        self._refuse_csv_options()
        self._refuse_bad_row_limit()
        self._refuse_sampling_options()
        if not self.time_limit_s > 0:
            raise ConfigError(f"--time-limit is {self.time_limit_s}; give a number of seconds above 0")

    def _refuse_csv_options(self) -> None:
        given = self.delimiter
        if given is not None and (len(given) != 1 or not given.isascii() or given in _NO_DELIMITERS):
            raise ConfigError(
                f"--delimiter is {self.delimiter!r}",
                mend=r"give one ASCII character such as ';', '|' or '\t'; no quote",
            )
        if encoding_named(self.encoding) is None:
            raise ConfigError(
                f"--encoding is {self.encoding!r}, which is no encoding of text",
                mend="give one such as utf-8, latin-1, cp1252, utf-16",
            )

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
    def escapes(self) -> bool:
        """Whether text cells get apostrophes."""
        return self.escaping == Escaping.ON

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
