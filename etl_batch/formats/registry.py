"""The formats that are read: one row for each. Whoever is not a format knows of them what stands here, and no more.

That a name is of one reads no file; what reads one runs in processes of their own wherever a server asks.
"""

from __future__ import annotations

from typing import Any

from etl_batch.formats.arrow.arrow_format import ArrowFormat
from etl_batch.formats.csv.csv_format import CsvFormat
from etl_batch.formats.format import Format
from etl_batch.formats.framed.records_format import RecordsFormat
from etl_batch.formats.parquet.parquet_format import ParquetFormat
from etl_batch.text.packed_names import unpacked_name

FORMATS: tuple[Format[Any], ...] = (
    RecordsFormat(),
    CsvFormat(),
    ParquetFormat(),
    ArrowFormat(),
)
ENDINGS = tuple(ending for kind in FORMATS for ending in kind.endings)
_BY_NAME = {name: kind for kind in FORMATS for name in (kind.name, kind.called)}


def format_named(name: str) -> Format[Any] | None:
    """The format of a name, as metadata or people have it; None: there is none."""
    return _BY_NAME.get(name)


def format_of_name(file: str, named: str | None = None) -> Format[Any] | None:
    """Which format a file is read as.

    Args:
        file: its name, or its path; of a compressed one, what is in it counts.
        named: the format that somebody named, whatever the file's name says; None: nobody did.

    Returns:
        The one that was named, else the one with that ending; None: no format has it.
    """
    if named is not None:
        return format_named(named)
    return next((kind for kind in FORMATS if unpacked_name(file).lower().endswith(kind.endings)), None)


def listed(last: str = "or", mark: str = "") -> str:
    """All endings as a sentence lists them: `.bin, .csv or .parquet`.

    Args:
        last: the word before the last of them.
        mark: what stands on both sides of each.
    """
    *others, end = (f"{mark}{ending}{mark}" for ending in ENDINGS)
    return f"{', '.join(others)} {last} {end}"
