"""From what the user named to what the job reads: files found, opened, measured, their layouts read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import PurePosixPath

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import EmptyInput, FormatExtension, LayoutMissing, SchemaMismatch, SizeLimit, TruncatedRecord
from etl_batch.layouts import Layout, parse_layout
from etl_batch.paths import FileIdentity, Place, is_folder, list_folder, open_input, place
from etl_batch.sources.arrow_types import arrow_type
from etl_batch.sources.fixed_binary import BinaryInput
from etl_batch.values import GIB, MIB

EXTENSIONS = (".bin", ".csv", ".parquet")
_SIDE_FILES = (".rejected.csv", ".sample.parquet")
_LAYOUT_LIMIT_BYTES = MIB


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
        inside = [where.child(name) for name in list_folder(where) if _is_input(name)]
        if not inside:
            raise EmptyInput(
                f"{where.path} holds no {', '.join(EXTENSIONS)} file",
                mend="put the input there, or make demo data with `python -m etl_batch demo-data`",
            )
        found += inside
    for where in found:
        if where.path.suffix.lower() not in EXTENSIONS:
            raise FormatExtension(f"{where.path} ends in {where.path.suffix or 'no extension'!r}")
        if where.path.suffix.lower() != ".bin":
            raise FormatExtension(
                f"{where.path} is a {where.path.suffix} file, which this version does not read yet",
                mend="name the .bin files alone",
            )
    return found


def _is_input(name: str) -> bool:
    lower = name.lower()
    return (
        lower.endswith(EXTENSIONS)
        and not lower.startswith(".")
        and not lower.endswith(_SIDE_FILES)
        and ".bak." not in lower
    )


def open_inputs(config: JobConfig) -> tuple[BinaryInput, ...]:
    """Measure every input and read its layout.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout, or different columns.
    """
    sources = tuple(_measure(ordinal, where, config) for ordinal, where in enumerate(find_inputs(config)))
    total = sum(source.identity.size for source in sources)
    if total > config.max_size_bytes:
        raise SizeLimit(f"the input has {total / GIB:,.3f} GiB; the limit is {config.max_size_bytes / GIB:,g} GiB")
    for source in sources:
        _refuse_surplus(source, config.on_bad_row)
    _refuse_different_columns(sources)
    return sources


def _measure(ordinal: int, where: Place, config: JobConfig) -> BinaryInput:
    descriptor = open_input(where)
    try:
        identity = FileIdentity.of(descriptor)
    finally:
        os.close(descriptor)
    if identity.size == 0:
        raise EmptyInput(f"{where.path} has 0 bytes")
    return BinaryInput(ordinal, where, identity, find_layout(where, config))


def find_layout(where: Place, config: JobConfig) -> Layout:
    """The layout of a binary file: the named one, `x.layout.toml` beside `x.bin`, or `layout.toml` in its folder.

    Raises:
        LayoutMissing: there is none.
        LayoutInvalid: it is wrong.
    """
    if config.layout is not None:
        return _read_layout(place(config.layout, config.input_roots))
    own = where.sibling(f"{where.path.stem}.layout.toml")
    for candidate in (own, where.sibling("layout.toml")):
        folder = Place(where.root, PurePosixPath(where.relative.parent))
        if candidate.relative.name in list_folder(folder):
            return _read_layout(candidate)
    raise LayoutMissing(
        f"no layout for {where.path}: neither {own.relative.name} nor layout.toml is in {where.path.parent}"
    )


def _read_layout(where: Place) -> Layout:
    descriptor = open_input(where)
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LAYOUT_LIMIT_BYTES + 1)
    if len(text) > _LAYOUT_LIMIT_BYTES:
        raise SizeLimit(f"{where.path} is larger than a layout can be (1 MiB)", mend="name the layout, not the data")
    return parse_layout(text.decode("utf-8", "replace"), str(where.path))


def _refuse_surplus(source: BinaryInput, on_bad_row: OnBadRow) -> None:
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


def _refuse_different_columns(sources: Sequence[BinaryInput]) -> None:
    first, *others = sources
    for other in others:
        for one, its in zip_longest(first.layout.fields, other.layout.fields):
            if one is None or its is None or one.name != its.name or arrow_type(one) != arrow_type(its):
                column = (one or its).name
                raise SchemaMismatch(f"{other.place.path} differs from {first.place.path} in column {column!r}")
