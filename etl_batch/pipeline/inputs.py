"""From what the user named to what the job reads: files found, opened, measured, made to agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, EmptyInput, SizeLimit
from etl_batch.formats.format import Format, Opened, Source
from etl_batch.formats.of_table import IntoTables
from etl_batch.formats.opening import Opening
from etl_batch.formats.recognition import is_packed, recognised
from etl_batch.formats.registry import ENDINGS, FORMATS, format_named
from etl_batch.options.input_reading import InputFormat
from etl_batch.pipeline.output_shape import output_names
from etl_batch.pipeline.outputs.claims import SIDE_DATA_ENDINGS, purpose_of_name
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import is_folder, list_folder
from etl_batch.storage.roots import Place, place
from etl_batch.storage.stored_object import StoredObject
from etl_batch.text.packed_names import unpacked_name
from etl_batch.text.shown_text import shown
from etl_batch.text.store_address import is_address
from etl_batch.values import GIB

_NAMED = 5  #: files that a note names; of more it says how many there are
if TYPE_CHECKING:
    import pyarrow as pa


def find_inputs(config: JobConfig, tell: Callable[[str], None] = lambda _: None) -> list[Place]:
    """The files to read: those named, and of each folder its inputs in the order of their names.

    Args:
        config: of the job.
        tell: called with what of a folder is left out.

    Raises:
        Refused: a path that may not be read, is not there, or names nothing to read.
    """
    found: list[Place] = []
    for given in config.inputs:
        if is_address(given):
            from etl_batch.pipeline.stored_inputs import stored_input

            found.append(stored_input(given, config))
            continue
        where = place(given, config.input_roots)
        if not is_folder(where):
            found.append(where)
            continue
        names = list_folder(where)
        inside = [where.child(name) for name in inputs_among(names, config.format)]
        if not inside:
            raise EmptyInput(
                f"{where.path} holds no {', '.join(_endings(config.format))} file",
                mend="put the input there, or make demo data with `python -m etl_batch demo-data`",
            )
        if left_out := [name for name in names if is_offered(name) and not is_input(name, config.format)]:
            ends = f"which end as no {_kind(config.format)} does"
            tell(f"{where.path}: {_listed(left_out)}, {ends}; -i names one to read it")
        found += inside
    return found


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"left out {', '.join(map(shown, names[:_NAMED]))}{more}"


def _kind(asked: InputFormat) -> str:
    return "data file" if asked == InputFormat.AUTO else f"{', '.join(_endings(asked))} file"


def is_offered(name: str) -> bool:
    """Whether a file of this name may be somebody's data: it is neither hidden, nor what jobs leave, nor a layout."""
    return purpose_of_name(name) is None


def inputs_among(names: Iterable[str], asked: InputFormat = InputFormat.AUTO) -> list[str]:
    """Those of the names in a folder that a job reads which is asked for a format, in their order."""
    return [name for name in names if is_input(name, asked)]


def is_input(name: str, asked: InputFormat = InputFormat.AUTO) -> bool:
    """Whether a file of this name is data of the format: neither hidden, nor what jobs leave beside their outputs."""
    lower = name.lower()
    return (
        unpacked_name(lower).endswith(_endings(asked))
        and not lower.startswith(".")
        and not lower.endswith(SIDE_DATA_ENDINGS)
        and ".bak." not in lower
    )


def _named(asked: InputFormat) -> Format[Any] | None:
    return None if asked == InputFormat.AUTO else format_named(asked)


def _endings(asked: InputFormat) -> tuple[str, ...]:
    named = _named(asked)
    return ENDINGS if named is None else named.endings


def open_inputs(opening: Opening) -> tuple[Source, ...]:
    """Measure every input, give all the same columns, and check every row of those that are CSV.

    Of records of several types, those of a table side by side (`OfTable`).

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout, different columns, a broken row.
    """
    config = opening.config
    found = _unpacked(find_inputs(config, opening.tell), opening)
    kinds = [_recognised(where, opening) for where in found]  # all of them, before the first is read
    if config.share is not None:
        from etl_batch.pipeline.parts.share_inputs import refuse_kinds

        refuse_kinds(found, kinds, config)
    if any(isinstance(where, StoredObject) for where in found):
        from etl_batch.pipeline.stored_inputs import copied

        found = copied(found, kinds, opening)
    opened = [_open(ordinal, *each, opening) for ordinal, each in enumerate(zip(found, kinds, strict=True))]
    _refuse_too_much(opened, config.max_size_bytes)
    for file in opened:
        format_of(file).refuse_incomplete(file, config.on_bad_row)
    names = _names_of(opened, opening)
    output_names(names, config)  # before any row is read
    if opening.contract is not None:
        from etl_batch.pipeline.contract_plan import read_under

        is_text = all(kind.by_dialect for kind in kinds)
        opening = replace(opening, config=read_under(config, opening.contract, names, is_text=is_text))
    sources = [source for file in opened if (source := format_of(file).source(file)) is not None]
    _refuse_different_types(sources)
    known = {source.ordinal for source in sources}
    typed = tuple(sources)
    for kind in FORMATS:
        waiting = [file for file in opened if file.ordinal not in known and format_of(file) is kind]
        if waiting:
            sources += kind.settle(waiting, _schema_of(typed) if typed else None, opening)
    sources.sort(key=lambda source: source.ordinal)
    return _in_tables(sources if _are_same(opened) else _joined(sources, names), opening)


def _in_tables(sources: Sequence[Source], opening: Opening) -> tuple[Source, ...]:
    """The sources of the tables that records of several types become; else those that there are."""
    named = {source.format for source in sources}
    for kind in FORMATS:
        if isinstance(kind, IntoTables) and kind.name in named and (found := kind.tables(sources, opening)):
            return tuple(found)
    return tuple(sources)


def open_one(where: Place, opening: Opening) -> Opened:
    """Measure one input by itself; the rows of a CSV are not checked yet.

    Raises:
        Refused: an empty, truncated or too large input, a missing or wrong layout.
    """
    where, *more = _unpacked([where], opening)
    if more:
        raise ConfigError(f"{where.path} holds {len(more) + 1} files that --member means, where one is meant")
    opened = _open(0, where, _recognised(where, opening), opening)
    _refuse_too_much([opened], opening.config.max_size_bytes)
    format_of(opened).refuse_incomplete(opened, opening.config.on_bad_row)
    return opened


def format_of(opened: Opened | Source) -> Format[Any]:
    """The format that opened an input."""
    found = format_named(opened.format)
    if found is None:
        raise KeyError(opened.format)
    return found


def _unpacked(found: Sequence[Place], opening: Opening) -> list[Place]:
    packed = [is_packed(where, opening.config) for where in found]
    if not any(packed):
        return list(found)
    compressed = [where for where, is_one in zip(found, packed, strict=True) if is_one]
    if any(isinstance(where, StoredObject) for where in compressed):
        from etl_batch.pipeline.stored_inputs import refuse_packed_objects

        refuse_packed_objects(compressed)
    if opening.config.share is not None:
        from etl_batch.pipeline.parts.share_inputs import refuse_packed

        refuse_packed(compressed, opening.config)
    from etl_batch.formats.unpacking_inputs import unpacked_inputs

    return unpacked_inputs(found, packed, opening)


def _recognised(where: Place, opening: Opening) -> Format[Any]:
    found = recognised(where, opening.config)
    if found.because:
        opening.tell(f"{where.path} is read as {found.format.called}: {found.because}")
    return found.format


def _open(ordinal: int, where: Place, kind: Format[Any], opening: Opening) -> Opened:
    with reading(str(where.path)):
        opened: Opened = kind.open(ordinal, where, opening)
        return opened


def _refuse_too_much(opened: Sequence[Opened], limit: int) -> None:
    """What a compressed file holds counts, not what it was compressed to."""
    total = sum(format_of(file).held_bytes(file) for file in opened)
    if total > limit:
        raise SizeLimit(f"the input has {total / GIB:,.3f} GiB; the limit is {limit / GIB:,g} GiB")


def _are_same(opened: Sequence[Opened]) -> bool:
    """Whether all have the same columns, in the same order."""
    first, *others = (tuple(file.names) for file in opened)
    return all(names == first for names in others)


def _names_of(opened: Sequence[Opened], opening: Opening) -> Sequence[str]:
    """Of the job's columns."""
    if _are_same(opened):
        return opened[0].names
    from etl_batch.formats.joined_columns import joined_names, notes_of_join

    nameless = [format_of(file).is_nameless(file) for file in opened]
    names = joined_names(opened, opening.config.columns, nameless)
    for note in notes_of_join(opened, names):
        opening.tell(note)
    return names


def _joined(sources: Sequence[Source], names: Sequence[str]) -> Sequence[Source]:
    from etl_batch.formats.joined_source import joined_sources

    return joined_sources(sources, names)


def _refuse_different_types(typed: Sequence[Source]) -> None:
    if len(typed) > 1:
        _schema_of(typed)


def _schema_of(typed: Sequence[Source]) -> pa.Schema:
    """What inputs say of columns whose types are known before a row is read."""
    if len(typed) == 1:
        return typed[0].schema
    from etl_batch.formats.joined_source import joined_schema

    return joined_schema(typed, tuple(dict.fromkeys(name for source in typed for name in source.names)))
