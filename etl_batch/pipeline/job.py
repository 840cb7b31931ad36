"""What a job is, and what it is to do: settled before anything is written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.formats.format import Source
from etl_batch.formats.output_columns import OutputColumns
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.key_file import KeyPlan
from etl_batch.sampling.plan import SamplePlan
from etl_batch.text.moments import utc_text
from etl_batch.values import Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.accumulators.accumulator import Accumulator
    from etl_batch.sampling.expected import Expected


@dataclass(frozen=True, slots=True)
class Job:
    """What a job keeps when it is interrupted and goes on."""

    job_id: str
    started_at: str  #: UTC, ISO 8601

    @property
    def stamp(self) -> str:
        """The start in the names of old outputs."""
        return self.job_id.split("-", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table that a job makes of its inputs: most jobs make one, some one for each type of record (ADR 39)."""

    sources: tuple[Source, ...]  #: side by side among those of the job
    shapes: tuple[OutputColumns, ...] = ()  #: how each source has the outputs' columns; (): they are its own
    sample: SamplePlan | None = None  #: None: nothing is sampled
    name: str | None = None  #: None: the only one
    parts: range = range(1)  #: the numbers of the part files of a folder
    has_outputs: bool = True  #: False: its rows are all set aside
    accumulators: tuple[Accumulator, ...] = ()  #: what is learned of its rows
    keys: KeyPlan | None = None  #: of its rows; None: no rule is about keys
    expected: Expected | None = None  #: of the sample, where this start of the job is the first

    @property
    def first_source(self) -> int:
        """The place of its first source among those of the job."""
        return self.sources[0].ordinal

    @property
    def names(self) -> tuple[str, ...]:
        """Of the outputs' columns."""
        return self.shapes[0].names if self.shapes else tuple(self.sources[0].names)

    def schema(self) -> pa.Schema:
        """Names and Parquet types of the outputs' columns. It loads Arrow."""
        first = self.sources[0].schema
        return self.shapes[0].schema(first) if self.shapes else first


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What is to be done, settled before anything is written."""

    job: Job  #: as it is called where it does not go on with another
    config: JobConfig
    tables: tuple[TablePlan, ...]  #: one at least
    spans: Sequence[Span]  #: of all sources, in the order of the output: table by table
    notes: tuple[str, ...] = ()  #: why totals are not estimated
    contract_digest: str | None = None  #: of the document of the contract; None: there is none
    leftovers_of: int = 0  #: the first source whose leftover these spans count, of a share those before it are others'

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of all tables, each at its ordinal."""
        return tuple(source for table in self.tables for source in table.sources)

    @property
    def table_names(self) -> tuple[str, ...]:
        """Of the tables that have a folder each; none: there is one table."""
        return tuple(table.name for table in self.tables if table.name is not None)

    @property
    def samples(self) -> bool:
        """Whether anything is sampled."""
        return any(table.sample is not None for table in self.tables)


def identify(started_at: datetime) -> Job:
    """A job's name: sorts by time, and two jobs of one second differ."""
    return Job(f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", utc_text(started_at))
