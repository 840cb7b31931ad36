"""What Arrow says of a Parquet file, as an error for the user: damage is called damage, and nothing else is."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from etl_batch.errors import (
    EtlError,
    FormatCorrupt,
    FormatMagic,
    FormatUnsupported,
    InputFailed,
    OutOfMemory,
    Unreadable,
)

_SHOWN_CHARACTERS = 300  #: of what Arrow says
_SMALLER_PIECES = "use smaller chunks (--chunk-bytes), by which long row groups are cut, or raise --memory-limit"
#: how zstd, zlib, LZ4, Brotli and the C library say that they got no memory; Arrow hands it on as a failure to read
_NO_MEMORY = re.compile(
    r"not enough memory|insufficient memory|allocation.?(failed|error)|Cannot allocate memory|CreateInstance failed",
    re.IGNORECASE,
)
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM})


@contextmanager
def explained(where: str) -> Iterator[None]:
    """What Arrow raises comes out as an error for the user.

    Args:
        where: the file, and what of it is read.
    """
    import pyarrow as pa

    try:
        yield
    except MemoryError as error:
        raise out_of_memory(where) from error
    except NotImplementedError as error:
        raise FormatUnsupported(f"{where}: {_shown(error)}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _meant(error, where) from error


def out_of_memory(where: str) -> OutOfMemory:
    """The error for what does not fit."""
    return OutOfMemory(f"{where} does not fit into the memory", mend=_SMALLER_PIECES)


def encrypted(what: str) -> FormatMagic:
    """The error for an encrypted file."""
    return FormatMagic(what, mend="decrypt it first: write it anew without a key")


def _meant(error: Exception, where: str) -> EtlError:
    said = _shown(error)
    number = getattr(error, "errno", None)
    if number == errno.ENOMEM or _NO_MEMORY.search(said):
        return out_of_memory(where)
    if number in _NOT_ALLOWED:
        return Unreadable(f"{where}: {said}")
    if number:  # of the disk or the share; Arrow's own complaints have none
        return InputFailed(f"{where} could not be read: {said}")
    if "decrypt" in said.lower():
        return encrypted(f"{where} is encrypted Parquet: {said}")
    return FormatCorrupt(f"{where}: {said}")


def _shown(error: Exception) -> str:
    """What Arrow says, on one line, without what could upset a terminal."""
    said = " ".join(str(error).split())[:_SHOWN_CHARACTERS] or type(error).__name__
    return said if said.isprintable() else repr(said)
