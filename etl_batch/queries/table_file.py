"""An output as it is opened to be asked: its parts, and how its run says that they are written. It parses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from etl_batch.errors import EtlError, FormatExtension, FormatUnsupported, NotFound
from etl_batch.formats.registry import format_of_name
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputFormat
from etl_batch.pipeline.outputs.run_files import Agreement, RunMetadata, metadata_of_run
from etl_batch.queries.table_spec import CsvCells, TableSpec, cells_written
from etl_batch.storage.paths import is_folder, list_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.text.packed_names import output_packing

_MAGIC = b"PAR1"
_MOST_PARTS = 3000  #: below the number of files that a process may have open
_OF_ENGINE = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-16-le": "utf-16", "latin-1": "latin-1", "iso8859-1": "latin-1"}
_CHANGED = "the file is not as its run left it: its cells are taken as they stand, and tell their types"
_NO_RUN = "no metadata of a run lie beside it: its cells are taken as they stand, and tell their types"


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """An output that is open."""

    place: Place  #: of the file, or of the folder of parts
    spec: TableSpec
    notes: tuple[str, ...]  #: what a user should know of how it is read
    state: tuple[tuple[int, int, int, int], ...]  #: tells it from other states of itself: of each part


@contextmanager
def opened_table(path: str, roots: Sequence[Path]) -> Iterator[OpenedTable]:
    """Open an output, or a folder of its parts, for as long as the block takes.

    Raises:
        Refused: the path leads elsewhere, or to what is no CSV or Parquet file.
    """
    where = place(path, roots)
    with ExitStack() as stack:
        parts = _parts(where)
        files = []
        for part in parts:
            descriptor = open_input(part)
            stack.callback(os.close, descriptor)
            files.append(descriptor)
        state = tuple((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in map(os.fstat, files))
        if all(os.pread(file, len(_MAGIC), 0) == _MAGIC for file in files):
            yield OpenedTable(where, TableSpec(files=tuple(files), csv=None), (), state)
            return
        csv, notes = _csv_of(where, parts, files)
        yield OpenedTable(where, TableSpec(files=tuple(files), csv=csv), notes, state)


def _parts(where: Place) -> list[Place]:
    if not is_folder(where):
        return [where]
    names = [name for name in list_folder(where) if name[0] not in "._" and _is_part(name)]
    if not names:
        raise NotFound(f"{where.path} holds no part of an output", mend="name a file, or a folder of parts")
    if len(names) > _MOST_PARTS:
        raise FormatUnsupported(f"{where.path} has {len(names):,} parts; {_MOST_PARTS:,} can be asked together")
    return [where.child(name) for name in names]


def _is_part(name: str) -> bool:
    return name.startswith("part-") and _format_of(name) in {InputFormat.CSV, InputFormat.PARQUET}


def _format_of(name: str) -> str | None:
    found = format_of_name(name)
    return None if found is None else found.called


def _csv_of(where: Place, parts: Sequence[Place], files: Sequence[int]) -> tuple[CsvCells, tuple[str, ...]]:
    """How these files are written, as far as the metadata of their run tell it."""
    for part in parts:
        if _format_of(part.relative.name) != InputFormat.CSV:
            raise FormatExtension(
                f"{part.path} is neither CSV nor Parquet by its name and first bytes",
                mend="ask an output: a .csv, .csv.gz, .csv.zst or .parquet, or a folder of parts",
            )
    packing = output_packing(parts[0].relative.name)
    try:
        metadata = metadata_of_run(where)
    except (EtlError, ValueError):
        return CsvCells(packing=packing), (_NO_RUN,)
    agreements = {metadata.agreement(file, part.relative.name) for file, part in zip(files, parts, strict=True)}
    if Agreement.OTHER in agreements:
        return CsvCells(packing=packing), (_CHANGED,)
    return _written(metadata, parts[0].relative.name, where), ()


def _written(metadata: RunMetadata, part: str, where: Place) -> CsvCells:
    outputs = [one for one in metadata.values["outputs"] if str(one["path"]).rpartition("/")[2] == part]
    cells = cells_written(metadata.values, outputs[0])
    if cells.encoding not in _OF_ENGINE:
        raise FormatUnsupported(
            f"{where.path} is written in {cells.encoding}, which cannot be asked",
            mend="ask the Parquet output of the same job, or a CSV in UTF-8",
        )
    return replace(cells, encoding=_OF_ENGINE[cells.encoding])
