"""What a child is told of the table that it asks: the files that it was handed, and how their cells are read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.text.packed_names import output_packing

_DECIMAL_DIGITS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvCells:
    """How the cells of a CSV of ours are written."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    escaped: bool = False  #: texts have an apostrophe before what a spreadsheet might run
    packing: str | None = None  #: gzip, zstd; None: it is not compressed
    names: tuple[str, ...] | None = None  #: of the columns, as they were before they were escaped; None: as the header
    types: tuple[str | None, ...] = ()  #: of the columns, in the words of `--types`; None, or none: all cells tell it


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table: its parts in order."""

    files: tuple[int, ...]  #: descriptors
    csv: CsvCells | None  #: None: they are Parquet

    @property
    def paths(self) -> tuple[str, ...]:
        """The files by names that open them again, in the process that has them."""
        return tuple(f"/proc/self/fd/{file}" for file in self.files)


def as_json(spec: TableSpec) -> dict[str, Any]:
    """The spec as JSON values."""
    return {"files": list(spec.files), "csv": None if spec.csv is None else cells_as_json(spec.csv)}


def from_json(found: Mapping[str, Any]) -> TableSpec:
    """What `as_json` gave."""
    csv = found["csv"]
    return TableSpec(files=tuple(found["files"]), csv=None if csv is None else cells_from_json(csv))


def cells_as_json(csv: CsvCells) -> dict[str, Any]:
    """How cells are written, as JSON values."""
    names = None if csv.names is None else list(csv.names)
    return {
        "delimiter": csv.delimiter, "decimal": csv.decimal, "encoding": csv.encoding, "escaped": csv.escaped,
        "packing": csv.packing, "names": names, "types": list(csv.types),
    }  # fmt: skip


def cells_from_json(csv: Mapping[str, Any]) -> CsvCells:
    """What `cells_as_json` gave."""
    names = None if csv["names"] is None else tuple(csv["names"])
    return CsvCells(**{**csv, "names": names, "types": tuple(csv["types"])})


def cells_written(metadata: Mapping[str, Any], output: Mapping[str, Any]) -> CsvCells:
    """How the cells of a CSV are written.

    Args:
        metadata: of its run.
        output: the CSV, as these metadata tell of it.
    """
    dialect = output.get("dialect") or {}
    names = metadata.get("columns") or None
    return CsvCells(
        delimiter=dialect.get("delimiter", ","),
        decimal=dialect.get("decimal", "."),
        encoding=str(dialect.get("encoding", "utf-8")).lower(),
        escaped=metadata.get("escaping", "on") == "on",
        packing=output_packing(str(output["path"]).rpartition("/")[2]),
        names=None if names is None else tuple(names),
        types=() if names is None else types_of(metadata, names),
    )


def types_of(metadata: Mapping[str, Any], names: Sequence[str]) -> tuple[str | None, ...]:
    """The types of an output's columns by the metadata of its run; None: they do not say, so the cells do.

    Args:
        metadata: of the run.
        names: of the columns.
    """
    known: dict[str, str] = {}
    profile = metadata.get("column_profile")
    of_columns = profile.get("columns") if isinstance(profile, Mapping) else None
    readings = [one.get("reading") or {} for one in metadata.get("inputs", ()) if isinstance(one, Mapping)]
    renamed = dict(metadata.get("config", {}).get("rename") or ())
    for reading in readings:
        for column in reading.get("columns", ()):
            known.setdefault(renamed.get(column["name"], column["name"]), column["type"])
    known.update({one["name"]: one["type"] for one in of_columns or () if isinstance(one.get("type"), str)})
    return tuple(word if (word := known.get(name)) is not None and sql_type(word) else None for name in names)


_PLAIN = {
    "i8": "TINYINT", "i16": "SMALLINT", "i32": "INTEGER", "i64": "BIGINT", "u8": "UTINYINT", "u16": "USMALLINT",
    "u32": "UINTEGER", "u64": "UBIGINT", "f32": "FLOAT", "f64": "DOUBLE", "bool": "BOOLEAN", "str": "VARCHAR",
    "bytes": "BLOB", "date": "DATE",
}  # fmt: skip
_DECIMAL = re.compile(r"decimal\((\d+)(?:,(\d+))?\)")
#: a time in nanoseconds with a zone has no type that keeps all its digits; it is UTC, so it is kept without the zone
_TIMES = {
    "timestamp[s]": "TIMESTAMPTZ", "timestamp[ms]": "TIMESTAMPTZ", "timestamp[us]": "TIMESTAMPTZ",
    "timestamp[ns]": "TIMESTAMP_NS", "local_timestamp[s]": "TIMESTAMP", "local_timestamp[ms]": "TIMESTAMP",
    "local_timestamp[us]": "TIMESTAMP", "local_timestamp[ns]": "TIMESTAMP_NS",
}  # fmt: skip


def sql_type(word: str) -> str | None:
    """What DuckDB calls a type of `--types`, as an output has it; None: no type that is known here."""
    name = re.sub(r"^((?:local_)?timestamp)(?!\[)", r"\1[us]", word)
    bare = re.sub(r"^(date|bool|(?:local_)?timestamp\[\w+\])\(.*\)$", r"\1", name)
    if found := _DECIMAL.fullmatch(word):
        digits, scale = int(found[1]), int(found[2] or 0)
        return f"DECIMAL({digits},{scale})" if 1 <= digits <= _DECIMAL_DIGITS and scale <= digits else None
    return _PLAIN.get(bare) or _TIMES.get(bare)


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names that SQL tells apart: of those that differ in capitals alone, all but the first get a number."""
    taken: set[str] = set()
    found = []
    for name in names:
        new, number = name, 1
        while new.lower() in taken:
            new, number = f"{name}_{number}", number + 1
        taken.add(new.lower())
        found.append(new)
    return tuple(found)
