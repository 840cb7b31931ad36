"""From what the user named to what the job reads: files found, opened, measured, made to agree."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import EmptyInput, FormatExtension, SchemaMismatch, SizeLimit, TruncatedRecord
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.csv.csv_inputs import CsvInputs, OpenedCsv
from etl_batch.formats.format import Source
from etl_batch.formats.layout_files import find_layout
from etl_batch.formats.parquet.parquet_input import ParquetInput, open_parquet
from etl_batch.pipeline.outputs.claims import SIDE_DATA_ENDINGS
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, is_folder, list_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import GIB

if TYPE_CHECKING:
    import pyarrow as pa

EXTENSIONS = (".bin", ".csv", ".parquet")

Opened = BinaryInput | OpenedCsv | ParquetInput


def find_inputs(config: JobConfig) -> list[Place]:
    """The files to read: those named, and of each folder its inputs in the order of their names.

    Raises:
        Refused: a path that may not be read, is not there, or names nothing to read.
    """
    found: list[Place] = []
    for given in config.inputs:
        where = place(given, config.input_roots)
        if not is_folder(where):
            found.append(where)
            continue
        inside = [where.child(name) for name in list_folder(where) if is_input(name)]
        if not inside:
            raise EmptyInput(
                f"{where.path} holds no {', '.join(EXTENSIONS)} file",
                mend="put the input there, or make demo data with `python -m etl_batch demo-data`",
            )
        found += inside
    for where in found:
        if where.path.suffix.lower() not in EXTENSIONS:
            raise FormatExtension(f"{where.path} ends in {where.path.suffix or 'no extension'!r}")
    return found


def is_input(name: str) -> bool:
    """Whether a file of this name is data: neither hidden, nor what jobs leave beside their outputs."""
    lower = name.lower()
    return (
        lower.endswith(EXTENSIONS)
        and not lower.startswith(".")
        and not lower.endswith(SIDE_DATA_ENDINGS)
        and ".bak." not in lower
    )


def open_inputs(csv: CsvInputs) -> tuple[Source, ...]:
    """Measure every input, make sure that all have the same columns, and check every row of those that are CSV.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout, different columns, a broken row.
    """
    config = csv.config
    opened = [_open(ordinal, where, csv) for ordinal, where in enumerate(find_inputs(config))]
    _refuse_too_much(opened, config.max_size_bytes)
    for one in opened:
        if isinstance(one, BinaryInput):
            refuse_surplus(one, config.on_bad_row)
    _refuse_different_names(opened)
    typed = [one for one in opened if not isinstance(one, OpenedCsv)]
    _refuse_different_types(typed)
    texts = [one for one in opened if isinstance(one, OpenedCsv)]
    sources: list[Source] = [*typed]
    if texts:
        sources += csv.check(texts, typed[0].schema if typed else None)
    return tuple(sorted(sources, key=lambda source: source.ordinal))


def open_one(where: Place, csv: CsvInputs) -> Opened:
    """Measure one input by itself; the rows of a CSV are not checked yet.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout.
    """
    opened = _open(0, where, csv)
    _refuse_too_much([opened], csv.config.max_size_bytes)
    if isinstance(opened, BinaryInput):
        refuse_surplus(opened, csv.config.on_bad_row)
    return opened


def _open(ordinal: int, where: Place, csv: CsvInputs) -> Opened:
    with reading(str(where.path)):
        return _opened(ordinal, where, csv)


def _opened(ordinal: int, where: Place, csv: CsvInputs) -> Opened:
    match where.path.suffix.lower():
        case ".csv":
            return csv.open(ordinal, where)
        case ".parquet":
            return open_parquet(ordinal, where)
        case _:
            return _open_binary(ordinal, where, csv.config)


def _open_binary(ordinal: int, where: Place, config: JobConfig) -> BinaryInput:
    descriptor = open_input(where)
    try:
        identity = FileIdentity.of(descriptor)
    finally:
        os.close(descriptor)
    if identity.size == 0:
        raise EmptyInput(f"{where.path} has 0 bytes")
    return BinaryInput(ordinal, where, identity, find_layout(where, config))


def _refuse_too_much(opened: Sequence[Opened], limit: int) -> None:
    """What a Parquet file holds counts, not what it was compressed to."""
    total = sum(
        max(one.identity.size, one.uncompressed_bytes) if isinstance(one, ParquetInput) else one.identity.size
        for one in opened
    )
    if total > limit:
        raise SizeLimit(f"the input has {total / GIB:,.3f} GiB; the limit is {limit / GIB:,g} GiB")


def refuse_surplus(source: BinaryInput, on_bad_row: OnBadRow) -> None:
    """Refuse a binary file that does not hold whole records, and at least one byte of them.

    Raises:
        TruncatedRecord: its last record is incomplete, and is not to be set aside; or there is not even room for any.
        EmptyInput: there is nothing between its header and its trailer.
    """
    layout, where = source.layout, source.place.path
    if source.body_bytes < 0:
        raise TruncatedRecord(
            f"{where} has {source.identity.size} bytes, fewer than its header and trailer of "
            f"{layout.header_bytes} + {layout.trailer_bytes}"
        )
    if source.surplus_bytes and on_bad_row == OnBadRow.STRICT:
        at = layout.header_bytes + source.rows * layout.record_size
        raise TruncatedRecord(
            f"{where} ends {source.surplus_bytes} bytes into a record of {layout.record_size}, at byte {at}"
        )
    if source.body_bytes == 0:
        raise EmptyInput(f"{where} holds no record between its header and its trailer")


def _refuse_different_names(opened: Sequence[Opened]) -> None:
    first, *others = opened
    for other in others:
        for number, (one, its) in enumerate(zip_longest(first.names, other.names), start=1):
            if one != its:
                here = f"column {number} is {its!r}" if its is not None else f"column {one!r} is missing"
                there = (
                    f"where {first.place.path} has {one!r}" if one is not None else f"which {first.place.path} lacks"
                )
                raise SchemaMismatch(f"{other.place.path}: {here}" + (f", {there}" if its is not None else ""))


def _refuse_different_types(typed: Sequence[BinaryInput | ParquetInput]) -> None:
    if len(typed) < 2:
        return
    wanted: pa.Schema = typed[0].schema
    for other in typed[1:]:
        for one, its in zip(wanted, other.schema, strict=True):
            if one.type != its.type:
                raise SchemaMismatch(
                    f"{other.place.path} differs from {typed[0].place.path} in column {one.name!r}: "
                    f"{its.type}, not {one.type}"
                )
