"""How many bad rows a job may set aside and still count as done. Pure: numbers in, an error or none out."""

from __future__ import annotations

from etl_batch.errors import EtlError, NoGoodRow, TooManyBadRows
from etl_batch.text.typed_options import BadRowLimit


def refusal_of(rows: int, bad: int, limit: str | None) -> EtlError | None:
    """Why a job that sets bad rows aside fails; None: it does not.

    Args:
        rows: read, bad ones included.
        bad: of them.
        limit: as `--max-bad-rows` was given; None: any number, as long as there is one good row.
    """
    if rows and bad == rows:
        return NoGoodRow(f"none of the {rows:,} rows read is good" if rows > 1 else "the one row read is bad")
    if limit is not None and not BadRowLimit.parse(limit).allows(bad, rows):
        return TooManyBadRows(f"{bad:,} of {rows:,} rows read are bad, more than --max-bad-rows {limit} allows")
    return None


def bad_rows_error(code: str, message: str) -> EtlError:
    """The error that somebody wrote down, by its code and its message."""
    return (TooManyBadRows if code == TooManyBadRows.code else NoGoodRow)(message)
