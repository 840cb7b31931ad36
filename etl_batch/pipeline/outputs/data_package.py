"""What the outputs of a job are, as a Data Package of version 2: a document that other tools read. Pure.

Of <https://datapackage.org>. `fieldsMatch` is left out: its text says it is a word, its profile that it is a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from etl_batch.formats.column_kinds import UNKNOWN, ColumnKind, kind_of_arrow
from etl_batch.formats.output_columns import Absent, OutputColumn
from etl_batch.light_dataclass import dataclass
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.output_shape import source_name
from etl_batch.values import OutputSummary

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TABLE_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_DIALECT_PROFILE = "https://datapackage.org/profiles/2.0/tabledialect.json"
_LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_PACKINGS = {".gz": "gz", ".zst": "zst"}
_OF_ORIGIN = {SourceColumn.FILE: ColumnKind("string"), SourceColumn.ROW: ColumnKind("integer")}
#: what the profile takes for a path that is none of an address: not hidden, not absolute, never upwards
_PATH = re.compile(r"(?![./~]|file:)(?!.*/\.\./)(?!.*://)[^\\\n\ud800-\udfff]+")
_NO_NAME = re.compile(r"[^a-z0-9._-]+")
_WINDOWS = re.compile(r"cp(125[0-8])")
_LATIN = re.compile(r"(?:iso|latin)[-_]?(?:8859)?[-_]?(\d+)")


@dataclass(frozen=True, slots=True)
class Described:
    """One output of one table."""

    table: TablePlan
    files: Sequence[OutputSummary]  #: it, or its parts in their order
    is_folder: bool


def data_package(plan: JobPlan, job: Job, folder: Path, outputs: Sequence[Described]) -> dict[str, Any] | None:
    """The descriptor of the outputs that lie in a folder, or beneath it.

    Args:
        plan: of the job.
        job: as it is called, and when it first began: a job that is gone on with makes the same document.
        folder: that the descriptor lies in; there are no paths upwards in one.
        outputs: all that the job has.

    Returns:
        None: a file is called as no data package can name it.
    """
    inside = [one for one in outputs if one.files and all(folder in file.path.parents for file in one.files)]
    paths = [[file.path.relative_to(folder).as_posix() for file in one.files] for one in inside]
    if not inside or not all(_PATH.fullmatch(path) for own in paths for path in own):
        return None
    names = _names(
        [own[0].rpartition("/")[0] if one.is_folder else own[0] for one, own in zip(inside, paths, strict=True)]
    )
    config = plan.config
    resources = [
        _resource(name, own, one, decimal=config.out_decimal, escaping=str(config.escaping))
        for name, own, one in zip(names, paths, inside, strict=True)
    ]
    sources = dict.fromkeys(source_name(source.place) for table in plan.tables for source in table.sources)
    return {
        "$schema": _PROFILE,
        "name": names[0],
        "created": job.started_at,
        **({} if config.licence is None else {"licenses": [_licence(config.licence)]}),
        "sources": [{"title": name} for name in sources],
        "etl:job_id": job.job_id,
        "resources": resources,
    }


def _resource(name: str, paths: list[str], one: Described, *, decimal: str, escaping: str) -> dict[str, Any]:
    first = one.files[0]
    is_csv = first.dialect is not None
    compression = _PACKINGS.get(Path(paths[0]).suffix) if is_csv else None
    found: dict[str, Any] = {
        "name": name,
        "type": "table",
        "path": paths if one.is_folder else paths[0],
        "format": first.format,
        "mediatype": _MEDIA_TYPES[first.format],
        "bytes": sum(file.bytes for file in one.files),
        "etl:rows": sum(file.rows for file in one.files),
    }
    if compression is not None:
        found["compression"] = compression
    if one.is_folder:
        each = zip(paths, one.files, strict=True)
        found["etl:parts"] = [
            {"path": path, "bytes": file.bytes, "etl:rows": file.rows, "hash": _hash(file)} for path, file in each
        ]
    else:
        found["hash"] = _hash(first)
    if first.dialect is not None:
        found["encoding"] = _registered(first.dialect["encoding"])
        found["dialect"] = _dialect(first.dialect)
        found["etl:escaping"] = escaping
    found["schema"] = _schema(one.table, decimal if is_csv else None)
    return found


def _schema(table: TablePlan, decimal: str | None) -> dict[str, Any]:
    """Args: decimal: the mark of the numbers in a CSV; None: it is none."""
    kinds = zip(table.names, _kinds(table), strict=True)
    missing = {} if decimal is None else {"missingValues": [""]}
    return {"$schema": _TABLE_PROFILE, "fields": [_field(name, kind, decimal) for name, kind in kinds], **missing}


def _field(name: str, kind: ColumnKind, decimal: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": kind.type}
    if decimal is not None and kind.format is not None:
        found["format"] = kind.format
    if decimal not in {None, "."} and kind.type == "number":
        found["decimalChar"] = decimal
    if kind.label is not None:
        found["title"] = kind.label
    if kind.unit is not None:
        found["etl:unit"] = kind.unit
    return found


def _kinds(table: TablePlan) -> Sequence[ColumnKind]:
    """Of each column of the outputs: what all inputs agree upon."""
    shapes = table.shapes or (None,) * len(table.sources)
    every = [
        source.kinds() if shape is None else [_kind_of(column, source.kinds()) for column in shape.columns]
        for source, shape in zip(table.sources, shapes, strict=True)
    ]
    return [own[0] if len(set(own)) == 1 else UNKNOWN for own in zip(*every, strict=True)]


def _kind_of(column: OutputColumn, kinds: Sequence[ColumnKind]) -> ColumnKind:
    origin = column.origin
    if isinstance(origin, SourceColumn):
        return _OF_ORIGIN[origin]
    return kind_of_arrow(origin.type) if isinstance(origin, Absent) else kinds[origin]


def _dialect(written: Any) -> dict[str, Any]:  # noqa: ANN401 - a mapping of words
    return {
        "$schema": _DIALECT_PROFILE,
        "header": True,
        "delimiter": written["delimiter"],
        "lineTerminator": _LINE_ENDS[written["line_end"]],
        "quoteChar": '"',
        "doubleQuote": True,
        "skipInitialSpace": False,
    }


def _hash(file: OutputSummary) -> str:
    return f"sha256:{file.sha256}"


def _licence(given: str) -> dict[str, str]:
    return {"path" if "://" in given else "name": given}


def _registered(encoding: str) -> str:
    """The name of a Python codec as the registry of encodings has it."""
    name = encoding.lower()
    if (found := _WINDOWS.fullmatch(name)) is not None:
        return f"windows-{found[1]}"
    if (found := _LATIN.fullmatch(name)) is not None:
        return f"iso-8859-{found[1]}"
    return "utf-8" if name == "utf-8-sig" else name


def _names(paths: Iterable[str]) -> list[str]:
    """A name for each, of small letters, that no other has."""
    found: list[str] = []
    for path in paths:
        name = _NO_NAME.sub("-", path.lower()).strip("-") or "data"
        found.append(name if name not in found else f"{name}-{len(found) + 1}")
    return found
