"""The files that the foreign keys of a contract refer to: opened with the inputs, their keys read once, in a pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import field, replace
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.contracts.contract import Contract, ContractField
from etl_batch.errors import ContractBroken, NotFound
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening, folder_of_output
from etl_batch.formats.output_columns import OutputColumn, OutputColumns
from etl_batch.formats.spool import unnamed_file
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.key_file import KeyFile, KeyPlan, KeyScratch
from etl_batch.pipeline.plan import plan_spans
from etl_batch.pipeline.runners.runner import Limits, Runner
from etl_batch.pipeline.span_job import Grant, SpanJob, TableJob
from etl_batch.pipeline.tables import tables_among
from etl_batch.storage.roots import Place, place
from etl_batch.text.number_text import counted
from etl_batch.values import PartResult

if TYPE_CHECKING:
    import pyarrow as pa

#: by their names in the contract, the keys of each file, and the columns of each
ReferredKeys = Mapping[str, tuple[KeyFile, tuple[tuple[str, ...], ...]]]
_WORDS = {"whole numbers": "i64", "floats": "f64", "texts": "str", "bool": "bool", "date32[day]": "date"}
_IN_NO_NAME = frozenset(",()=")  #: which divide what `--types` says


@dataclass(frozen=True, slots=True)
class Referred:
    """One of the files."""

    resource: str  #: as the contract names it
    config: JobConfig  #: how it is read
    sources: tuple[Source, ...]
    keys: KeyPlan


def open_referred(contract: Contract, own: Source, opening: Opening) -> tuple[Referred, ...]:
    """All files that foreign keys refer to.

    Args:
        contract: of the job.
        own: an input of the job.
        opening: of the job.

    Raises:
        ContractBroken: one is not there, or has not the columns, or has them of another type.
        Refused: one may not be read, or cannot be.
    """
    pairs: dict[str, dict[tuple[str, ...], dict[str, str]]] = {}
    for key in (rule.key for rule in contract.rules if rule.key is not None):
        if key.resource is not None:
            types = pairs.setdefault(key.resource, {}).setdefault(key.referred, {})
            types.update(zip(key.referred, key.columns, strict=True))
    return tuple(_opened(resource, columns, contract, own, opening) for resource, columns in pairs.items())


def _opened(
    resource: str, keys: Mapping[tuple[str, ...], Mapping[str, str]], contract: Contract, own: Source, opening: Opening
) -> Referred:
    where = place(_beside(opening.config, resource), opening.config.input_roots)
    pairs = {referred: name for each in keys.values() for referred, name in each.items()}
    config = replace(_plain(opening.config), inputs=(str(where.path),))
    # Its columns must be there, and a CSV is read as the job's is.
    as_own = replace(contract, fields=tuple(_fields(pairs, contract, own)), rules=())
    try:
        sources = open_inputs(Opening(config, opening.run, opening.copies, contract=as_own))
    except NotFound:
        raise ContractBroken(
            f"{where.path}, which a foreign key of the contract refers to, is not there",
            mend="put it there, or name it as it lies from the contract",
        ) from None
    except ContractBroken as error:
        refers = f"{where.path}, which a foreign key refers to"
        raise ContractBroken(f"{refers}: {error.message}", mend=error.what_to_do) from None
    if len(tables_among(sources)) > 1:
        raise ContractBroken(f"the records of {where.path} become several tables, and a foreign key refers to one")
    for source in sources:
        _refuse_others(source, pairs, own)
    return Referred(resource, config, sources, KeyPlan(tuple(keys), tuple(_shape(one, pairs) for one in sources)))


def _beside(config: JobConfig, resource: str) -> str:
    """A path, from the folder of the contract."""
    contract = place(str(config.contract), config.input_roots)
    return os.path.join(contract.path.parent, resource)  # noqa: PTH118 - what is wrong with it, `place` says


def _plain(config: JobConfig) -> JobConfig:
    """How a file is read of which nobody said anything."""
    return JobConfig(
        inputs=config.inputs, output_csv=config.output_csv, output_parquet=config.output_parquet, home=config.home,
        actor=config.actor, workers=config.workers, chunk_bytes=config.chunk_bytes, measures=(),
        memory_limit_bytes=config.memory_limit_bytes, max_size_bytes=config.max_size_bytes,
        max_ratio=config.max_ratio, on_bad_row=OnBadRow.QUARANTINE, extra_input_roots=config.extra_input_roots,
    )  # fmt: skip


def _fields(pairs: Mapping[str, str], contract: Contract, own: Source) -> Iterator[ContractField]:
    """The columns that are referred to, each read as the one that refers to it."""
    said = {field.name: field.read_as for field in contract.fields}
    for referred, name in pairs.items():
        word = said.get(name) or _WORDS.get(_kind(own, name))
        yield ContractField(referred, read_as=None if _IN_NO_NAME & set(referred) else word)


def _kind(source: Source, name: str) -> str:
    from etl_batch.accumulators.key_entries import kind_of_values

    schema: pa.Schema = source.schema
    return kind_of_values(schema.field(source.names.index(name)).type)


def _refuse_others(source: Source, pairs: Mapping[str, str], own: Source) -> None:
    for referred, name in pairs.items():
        if (there := _kind(source, referred)) != (here := _kind(own, name)):
            raise ContractBroken(
                f"column {name!r} holds {here}, and column {referred!r} of {source.place.path}, to which it refers, "
                f"{there}",
                mend="give the column the type in the contract that the other has",
            )


def _shape(source: Source, names: Mapping[str, str]) -> OutputColumns:
    columns = [OutputColumn(name, source.names.index(name)) for name in names]
    return OutputColumns((*columns, OutputColumn("", SourceColumn.ROW)))


@dataclass(slots=True)
class _OnlyKeys:
    """Takes the place of the outputs."""

    keys: KeyScratch
    bad_rows: int = field(default=0)

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        self.bad_rows += len(result.rejected)
        return Grant(0, 0, key_offset=self.keys.grant(result.key_bytes))

    def settle(self) -> None:
        """See `Outputs.settle`."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`: keys alone were."""


def keys_of(
    referred: Sequence[Referred], secret: bytes, opening: Opening, runner: Runner, limits: Limits
) -> ReferredKeys:
    """The keys of all files.

    Args:
        referred: the files.
        secret: under which those of the job's rows are hashed.
        opening: of the job, which holds them.
        runner: works through their spans.
        limits: of it.
    """
    folder = folder_of_output(opening.config)
    return {
        one.resource: (_read(one, scratch_keys(folder, opening.copies, secret), opening, runner, limits),
                       one.keys.columns)
        for one in referred
    }  # fmt: skip


def scratch_keys(folder: Place, held: ExitStack, secret: bytes | None = None) -> KeyScratch:
    """A file without a name in a folder, for keys; None: under a new secret.

    Raises:
        Refused: the folder cannot be written to.
    """
    descriptor = unnamed_file(folder)
    held.callback(os.close, descriptor)
    scratch = KeyScratch(descriptor, str(folder.path))
    return scratch if secret is None else replace(scratch, secret=secret)


def _read(one: Referred, scratch: KeyScratch, opening: Opening, runner: Runner, limits: Limits) -> KeyFile:
    told = TableJob((), (), first_source=one.sources[0].ordinal, keys=one.keys.told(scratch))
    taken = _OnlyKeys(scratch)
    runner.run(SpanJob(one.sources, (told,), quarantine=True, write=False), plan_spans(one.sources, one.config), taken,
               limits)  # fmt: skip
    if taken.bad_rows:
        bad = counted(taken.bad_rows, "row")
        opening.tell(f"{one.sources[0].place.path}: of what foreign keys refer to, {bad} cannot be read")
    return scratch.file
