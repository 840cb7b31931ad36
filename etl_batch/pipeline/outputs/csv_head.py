"""How a job's CSV is written, and what it begins with. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.cell_escape import csv_cell
from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError


def csv_dialect(config: JobConfig) -> dict[str, str]:
    """In which dialect the CSV is: as a reader has to be told."""
    written = config.written_dialect
    return {
        "delimiter": written.delimiter,
        "decimal": written.decimal,
        "line_end": str(config.out_line_end),
        "encoding": written.read_as(bom=config.bom),
    }


def csv_head(names: Sequence[str], config: JobConfig) -> bytes:
    """What a CSV of such columns begins with."""
    dialect = config.written_dialect
    cells = [csv_cell(name, escape=config.escapes, delimiter=dialect.delimiter) for name in names]
    try:
        header = (dialect.delimiter.join(cells) + dialect.line_end).encode(dialect.codec)
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"a column is called with {error.object[error.start]!r}, which is not in --out-encoding "
            f"{config.out_encoding}",
            mend="give another --out-encoding such as utf-8, or call the column otherwise with --rename",
        ) from None
    return dialect.mark(bom=config.bom) + header
