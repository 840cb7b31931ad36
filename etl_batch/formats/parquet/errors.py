"""What Arrow says of a Parquet file, as an error for the user."""

from __future__ import annotations

from contextlib import AbstractContextManager

from etl_batch.errors import FormatMagic
from etl_batch.formats.arrow import errors


def explained(where: str) -> AbstractContextManager[None]:
    """What Arrow raises comes out as an error for the user.

    Args:
        where: the file, and what of it is read.
    """
    return errors.explained(where, _meant)


def encrypted(what: str) -> FormatMagic:
    """The error for an encrypted file."""
    return FormatMagic(what, mend="decrypt it first: write it anew without a key")


def _meant(said: str, where: str) -> FormatMagic | None:
    return encrypted(f"{where} is encrypted Parquet: {said}") if "decrypt" in said.lower() else None
