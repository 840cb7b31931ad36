"""What Arrow says of a file, as an error for the user: damage is called damage, and nothing else is."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from etl_batch.errors import EtlError, FormatCorrupt, FormatUnsupported, InputFailed, OutOfMemory, Unreadable

Meant = Callable[[str, str], EtlError | None]

_SHOWN_CHARACTERS = 300  #: of what Arrow says
_SMALLER_PIECES = "use smaller chunks (--chunk-bytes), by which long row groups are cut, or raise --memory-limit"
#: how zstd, zlib, LZ4, Brotli and the C library say that they got no memory; Arrow hands it on as a failure to read
_NO_MEMORY = re.compile(
    r"not enough memory|insufficient memory|allocation.?(failed|error)|Cannot allocate memory|CreateInstance failed",
    re.IGNORECASE,
)
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM})


def _no_other(_said: str, _where: str) -> None:
    """Nothing that Arrow says of a file is said of one format alone."""


@contextmanager
def explained(where: str, meant: Meant = _no_other) -> Iterator[None]:
    """What Arrow raises comes out as an error for the user.

    Args:
        where: the file, and what of it is read.
        meant: what Arrow means by what it says of this format, other than damage; called with that and `where`.
    """
    import pyarrow as pa

    try:
        yield
    except MemoryError as error:
        raise out_of_memory(where) from error
    except NotImplementedError as error:
        raise FormatUnsupported(f"{where}: {_shown(error)}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _meant(error, where, meant) from error


def out_of_memory(where: str) -> OutOfMemory:
    """The error for what does not fit."""
    return OutOfMemory(f"{where} does not fit into the memory", mend=_SMALLER_PIECES)


def _meant(error: Exception, where: str, meant: Meant) -> EtlError:
    said = _shown(error)
    number = getattr(error, "errno", None)
    if number == errno.ENOMEM or _NO_MEMORY.search(said):
        return out_of_memory(where)
    if number in _NOT_ALLOWED:
        return Unreadable(f"{where}: {said}")
    if number:  # of the disk or the share; Arrow's own complaints have none
        return InputFailed(f"{where} could not be read: {said}")
    return meant(said, where) or FormatCorrupt(f"{where}: {said}")


def _shown(error: Exception) -> str:
    """What Arrow says, on one line, without what could upset a terminal."""
    said = " ".join(str(error).split())[:_SHOWN_CHARACTERS] or type(error).__name__
    return said if said.isprintable() else repr(said)
