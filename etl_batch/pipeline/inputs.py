"""From what the user named to what the job reads: files found, opened, measured, made to agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from etl_batch.config import InputFormat, JobConfig
from etl_batch.errors import EmptyInput, FormatExtension, SchemaMismatch, SizeLimit
from etl_batch.formats.format import Format, Opened, Source
from etl_batch.formats.opening import Opening
from etl_batch.formats.registry import ENDINGS, FORMATS, format_named, format_of_name
from etl_batch.pipeline.outputs.claims import SIDE_DATA_ENDINGS
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import is_folder, list_folder
from etl_batch.storage.roots import Place, place
from etl_batch.values import GIB

if TYPE_CHECKING:
    import pyarrow as pa


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
        inside = [where.child(name) for name in inputs_among(list_folder(where), config.format)]
        if not inside:
            raise EmptyInput(
                f"{where.path} holds no {', '.join(_endings(config.format))} file",
                mend="put the input there, or make demo data with `python -m etl_batch demo-data`",
            )
        found += inside
    for where in found:
        format_of_input(where, config.format)
    return found


def inputs_among(names: Iterable[str], asked: InputFormat = InputFormat.AUTO) -> list[str]:
    """Those of the names in a folder that a job reads which is asked for a format, in their order."""
    return [name for name in names if is_input(name, asked)]


def is_input(name: str, asked: InputFormat = InputFormat.AUTO) -> bool:
    """Whether a file of this name is data of the format: neither hidden, nor what jobs leave beside their outputs."""
    lower = name.lower()
    return (
        lower.endswith(_endings(asked))
        and not lower.startswith(".")
        and not lower.endswith(SIDE_DATA_ENDINGS)
        and ".bak." not in lower
    )


def format_of_input(where: Place, asked: InputFormat = InputFormat.AUTO) -> Format[Any]:
    """Which format an input is read as: the one that is asked for, else the one that its name says.

    Raises:
        FormatExtension: its name does not say it.
    """
    found = _named(asked) or format_of_name(where.path.suffix)
    if found is None:
        raise FormatExtension(f"{where.path} ends in {where.path.suffix or 'no extension'!r}")
    return found


def _named(asked: InputFormat) -> Format[Any] | None:
    return None if asked == InputFormat.AUTO else format_named(asked)


def _endings(asked: InputFormat) -> tuple[str, ...]:
    named = _named(asked)
    return ENDINGS if named is None else named.endings


def open_inputs(opening: Opening) -> tuple[Source, ...]:
    """Measure every input, make sure that all have the same columns, and check every row of those that are CSV.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout, different columns, a broken row.
    """
    config = opening.config
    opened = [_open(ordinal, where, opening) for ordinal, where in enumerate(find_inputs(config))]
    _refuse_too_much(opened, config.max_size_bytes)
    for file in opened:
        format_of(file).refuse_incomplete(file, config.on_bad_row)
    _refuse_different_names(opened)
    sources = [source for file in opened if (source := format_of(file).source(file)) is not None]
    _refuse_different_types(sources)
    known = {source.ordinal for source in sources}
    for kind in FORMATS:
        waiting = [file for file in opened if file.ordinal not in known and format_of(file) is kind]
        if waiting:
            sources += kind.settle(waiting, sources[0].schema if sources else None, opening)
    return tuple(sorted(sources, key=lambda source: source.ordinal))


def open_one(where: Place, opening: Opening) -> Opened:
    """Measure one input by itself; the rows of a CSV are not checked yet.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout.
    """
    opened = _open(0, where, opening)
    _refuse_too_much([opened], opening.config.max_size_bytes)
    format_of(opened).refuse_incomplete(opened, opening.config.on_bad_row)
    return opened


def format_of(opened: Opened | Source) -> Format[Any]:
    """The format that opened an input."""
    found = format_named(opened.format)
    if found is None:
        raise KeyError(opened.format)
    return found


def _open(ordinal: int, where: Place, opening: Opening) -> Opened:
    with reading(str(where.path)):
        opened: Opened = format_of_input(where, opening.config.format).open(ordinal, where, opening)
        return opened


def _refuse_too_much(opened: Sequence[Opened], limit: int) -> None:
    """What a compressed file holds counts, not what it was compressed to."""
    total = sum(format_of(file).held_bytes(file) for file in opened)
    if total > limit:
        raise SizeLimit(f"the input has {total / GIB:,.3f} GiB; the limit is {limit / GIB:,g} GiB")


def _refuse_different_names(opened: Sequence[Opened]) -> None:
    first, *others = opened
    for other in others:
        for number, (ours, theirs) in enumerate(zip_longest(first.names, other.names), start=1):
            if ours != theirs:
                here = f"column {number} is {theirs!r}" if theirs is not None else f"column {ours!r} is missing"
                there = (
                    f"where {first.place.path} has {ours!r}" if ours is not None else f"which {first.place.path} lacks"
                )
                raise SchemaMismatch(f"{other.place.path}: {here}" + (f", {there}" if theirs is not None else ""))


def _refuse_different_types(typed: Sequence[Source]) -> None:
    if len(typed) < 2:
        return
    wanted: pa.Schema = typed[0].schema
    for other in typed[1:]:
        for ours, theirs in zip(wanted, other.schema, strict=True):
            if ours.type != theirs.type:
                raise SchemaMismatch(
                    f"{other.place.path} differs from {typed[0].place.path} in column {ours.name!r}: "
                    f"{theirs.type}, not {ours.type}"
                )
