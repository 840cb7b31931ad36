"""`--check`: all that a job does but the sample and the writing. So what it says is measured, not guessed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.accumulators.contract_rules import ContractRules, KeptRules
from etl_batch.accumulators.table_accumulators import accumulators_of
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.contracts.findings import is_by_rule, refusal
from etl_batch.errors import ContractBroken, EtlError
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening, folder_of_output
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.bad_rows import refusal_of
from etl_batch.pipeline.contract_end import AllRows, settle_drift, settle_keys
from etl_batch.pipeline.contract_plan import (
    contract_rules,
    key_plan,
    names_in_outputs,
    read_contract,
    refuse_incomparable,
)
from etl_batch.pipeline.first_bad_row import stops_at
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.key_file import KeyScratch
from etl_batch.pipeline.output_shape import shapes_of
from etl_batch.pipeline.outputs.claimed_names import refuse_clashes, refuse_names, refuse_taken_names
from etl_batch.pipeline.outputs.csv_head import csv_head
from etl_batch.pipeline.outputs.replaced_outputs import replaced_by
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.pipeline.plan import notes_on, plan_spans
from etl_batch.pipeline.progress import telling
from etl_batch.pipeline.referred_keys import keys_of, open_referred, scratch_keys
from etl_batch.pipeline.result import input_summaries
from etl_batch.pipeline.runners.ahead import ahead_of
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits
from etl_batch.pipeline.span_job import Grant, SpanJob, TableJob
from etl_batch.pipeline.tables import Table, plan_samples, refuse_single_files, tables_among
from etl_batch.report.verdict import Verdict, level_of_rows
from etl_batch.storage.paths import open_folder
from etl_batch.storage.roots import Place
from etl_batch.values import InputSummary, PartResult, Progress, ProgressReport, Rejected, Replaced

_LISTED = 20  #: bad rows that are named one by one


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad row."""

    path: Path
    row: int
    byte: int
    reason: str


@dataclass(frozen=True, slots=True)
class WouldWrite:
    """An output, and how large it would be."""

    path: Path
    format: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would happen."""

    inputs: tuple[InputSummary, ...]
    rows: int  #: bad ones included
    bad_rows: int
    problems: tuple[Problem, ...]  #: the first of the bad rows
    outputs: tuple[WouldWrite, ...]
    replaces: tuple[Replaced, ...]  #: what the outputs would take the place of
    free_bytes: int | None  #: on the disk that the outputs go to; None: its folder is not there yet
    seconds: float  #: that reading, checking, formatting and encoding took
    on_bad_row: OnBadRow
    error: EtlError | None = None  #: with which its bad rows, or the contract, would end the job
    contract: dict[str, Any] | None = None  #: what the rows come to under one; see `contracts.findings`

    @property
    def fits(self) -> bool:
        """Whether the disk has room."""
        return self.free_bytes is None or sum(output.bytes for output in self.outputs) < self.free_bytes

    @property
    def succeeds(self) -> bool:
        """Whether the job would end well."""
        return self.fits and self.error is None

    @property
    def verdict(self) -> Verdict | None:
        """What the numbers of its rows would say of a job that is done; None: it would not be."""
        return level_of_rows(self.rows, self.bad_rows).verdict if self.succeeds else None

    @property
    def quarantine_would_do(self) -> bool:
        """Whether the job would end well if it set its bad rows aside, where it does not."""
        is_stopped = self.on_bad_row == OnBadRow.STRICT and not isinstance(self.error, ContractBroken | None)
        return is_stopped and refusal_of(self.rows, self.bad_rows, None) is None

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        error = self.error and {"code": self.error.code, "message": str(self.error)}
        values = asdict(self) | {"error": error, "succeeds": self.succeeds, "on_bad_row": str(self.on_bad_row)}
        values |= {"verdict": self.verdict, "quarantine_would_do": self.quarantine_would_do}
        for listed in (*values["inputs"], *values["problems"], *values["outputs"], *values["replaces"]):
            listed.update({key: str(value) for key, value in listed.items() if isinstance(value, Path)})
        return values


@dataclass(slots=True)
class _Tally:
    """Takes the place of the outputs, and only counts."""

    total_bytes: int
    progress: Progress | None
    rows: int = 0
    csv_bytes: int = 0
    parquet_bytes: int = 0
    bad_rows: int = 0
    first_bad: list[Rejected] = field(default_factory=list)
    first_stopping: list[Rejected] = field(default_factory=list)  #: that no rule of a contract sets aside
    done_bytes: int = 0
    learning: tuple[Accumulator, ...] = ()  #: of the only table, where there is a contract: its rules, and a profile
    learned: list[Learned] = field(default_factory=list)
    keys: KeyScratch | None = None  #: where those of its rows go, where a rule is about keys

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        self.rows += result.rows_in
        self.csv_bytes += result.csv_bytes
        self.parquet_bytes += result.parquet_bytes + len(result.parquet_footer)
        self.reject(result.rejected)
        for one, so_far, part in zip(self.learning, self.learned, result.learned, strict=True):
            so_far.merge(one.unpack(part))
        return Grant(0, 0, key_offset=self.keys.grant(result.key_bytes) if self.keys else 0)

    @property
    def kept(self) -> KeptRules | None:
        """What the rows came to under the contract; None: there is none."""
        return next((one for one in self.learned if isinstance(one, KeptRules)), None)

    def settle(self) -> None:
        """See `Outputs.settle`."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:  # noqa: ARG002
        """See `Outputs.written`: nothing was."""
        self.done_bytes += result.span.stop - result.span.start
        if self.progress is not None:
            self.progress(ProgressReport("dry run", self.done_bytes, self.total_bytes, self.rows))

    def reject(self, rejected: Sequence[Rejected]) -> None:
        """Count bad rows."""
        self.bad_rows += len(rejected)
        self.first_bad += rejected[: _LISTED - len(self.first_bad)]
        if not self.first_stopping:
            self.first_stopping = [one for one in rejected if not is_by_rule(one)][:1]


def dry_run(config: JobConfig, progress: Progress | None = None) -> DryRun:
    """Read, check, format and encode everything, and write nothing.

    Raises:
        EtlError: what would stop the job before its first row, or other than by a bad row.
    """
    began = time.monotonic()
    limits = Limits(config.workers, config.memory_limit_bytes, began + config.time_limit_s)
    targets = refuse_names(config)
    with ProcessPool(config.home, ahead=ahead_of(config)) as pool, ExitStack() as copies:
        listing = replace(config, on_bad_row=OnBadRow.QUARANTINE)
        contract = read_contract(config)
        opening = Opening(listing, partial(pool.map, limits=limits), copies, progress, contract=contract)
        sources = open_inputs(opening)
        refuse_clashes(config, targets, sources)
        refuse_taken_names(targets)
        tables = tables_among(sources)
        refuse_single_files(tables, config)
        rules = () if contract is None else contract_rules(contract, tables)
        learning = _learning(rules, tables, config)
        keys = scratch_keys(folder_of_output(config), copies) if key_plan(rules) else None
        files = () if contract is None else open_referred(contract, sources[0], opening)
        plan_samples(tables, config)
        for note in notes_on(sources):
            telling(progress)(note)
        spans = plan_spans(sources, config)
        tally = _Tally(sum(span.stop - span.start for span in spans), progress, learning=learning, keys=keys)
        tally.learned = [one.begin() for one in learning]
        told = tuple(_told(table, targets, config, learning, keys) for table in tables)
        job = SpanJob(sources, told, quarantine=True,
                      escape=config.escapes, write=False, packing=config.csv_packing,
                      dialect=config.other_dialect)  # fmt: skip
        pool.run(job, spans, tally, limits)
        if tally.kept is not None and keys is not None:
            every = AllRows(rules[0], sources, spans, keys.file, keys_of(files, keys.secret, opening, pool, limits))
            settle_keys(every, tally.kept, opening.run, config.memory_limit_bytes)
        _settled(tally, sources, targets, config)
        leftovers = [leftover for source in sources if (leftover := source.leftover())]
        tally.reject(leftovers)
        paths = [source.place.path for source in sources]
        rows = tally.rows + len(leftovers)
        return DryRun(
            inputs=input_summaries(opening, sources),
            rows=rows,
            bad_rows=tally.bad_rows,
            problems=tuple(Problem(paths[bad.source], bad.row, bad.byte, bad.reason) for bad in tally.first_bad),
            outputs=tuple(_would_write(targets, tally)),
            replaces=replaced_by(targets, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"),
            free_bytes=_free_bytes(targets.first),
            seconds=round(time.monotonic() - began, 3),
            on_bad_row=config.on_bad_row,
            error=_error(config, sources, rows, tally),
            contract=None if tally.kept is None else tally.kept.finish(),
        )


def _learning(rules: Sequence[ContractRules], tables: Sequence[Table], config: JobConfig) -> tuple[Accumulator, ...]:
    """What is learned of the rows: what the contract asks for, and what it compares with the last run.

    Raises:
        ConfigError: it cannot be compared.
    """
    if not any(rule.limits for one in rules for rule in one.contract.rules):
        return tuple(rules)
    sources = tables[0].sources
    shapes = shapes_of(sources, config)
    refuse_incomparable(rules[0].contract, sources[0].names, shapes, config)
    return (*rules, *accumulators_of(shapes[0].names if shapes else tuple(sources[0].names), config))


def _settled(tally: _Tally, sources: Sequence[Source], targets: Targets, config: JobConfig) -> None:
    """Compare with the last run, where the contract asks for it."""
    profile = next((one.finish() for one in tally.learned if not isinstance(one, KeptRules)), None)
    if tally.kept is not None:
        names = names_in_outputs(sources[0].names, shapes_of(tuple(sources), config))
        settle_drift(tally.kept, names, targets.metadata, profile)


def _told(
    table: Table, targets: Targets, config: JobConfig, learning: tuple[Accumulator, ...], keys: KeyScratch | None
) -> TableJob:
    """What workers get to know of a table, of which nothing is written."""
    if not table.has_outputs:
        return TableJob((), (), first_source=table.sources[0].ordinal)
    shapes = shapes_of(table.sources, config)
    if targets.csv is not None:
        csv_head(shapes[0].names if shapes else table.sources[0].names, config)  # which may be refused
    csv, parquet = ((output,) if output else () for output in (targets.csv, targets.parquet))
    asked = key_plan([one for one in learning if isinstance(one, ContractRules)])
    told = None if keys is None or asked is None else asked.told(keys)
    return TableJob(
        csv, parquet, shapes=shapes, first_source=table.sources[0].ordinal, accumulators=learning, keys=told
    )


def _error(config: JobConfig, sources: Sequence[Source], rows: int, tally: _Tally) -> EtlError | None:
    """How the bad rows would end the job: by the very rules of the job."""
    if config.on_bad_row == OnBadRow.STRICT:
        bad = stops_at(sources, tally.first_stopping)
    else:
        bad = refusal_of(rows, tally.bad_rows, config.max_bad_rows)
    why = None if tally.kept is None else refusal(tally.kept.finish())
    return bad or (None if why is None else ContractBroken(why))


def _would_write(targets: Targets, tally: _Tally) -> list[WouldWrite]:
    sizes = ((targets.csv, "csv", tally.csv_bytes), (targets.parquet, "parquet", tally.parquet_bytes))
    return [WouldWrite(target.path, form, size) for target, form, size in sizes if target is not None]


def _free_bytes(target: Place) -> int | None:
    """Room on the disk of the nearest folder above the target that is there."""
    for folder in (target.relative.parent, *target.relative.parent.parents):
        with contextlib.suppress(EtlError):
            descriptor = open_folder(Place(target.root, PurePosixPath(folder)))
            try:
                disk = os.fstatvfs(descriptor)
            finally:
                os.close(descriptor)
            return disk.f_bavail * disk.f_frsize
    return None
