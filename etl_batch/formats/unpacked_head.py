"""What is in a compressed file, as far as first rows need it: unpacked in memory, by whoever shows them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from etl_batch.errors import FormatUnsupported
from etl_batch.formats.packings import packing_of
from etl_batch.formats.unpacked import Unpacked
from etl_batch.formats.unpacking import Packed, members, unpack
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import MIB

_HEAD_BYTES = 32 * MIB
_LONGEST_MAGIC = 16


@contextmanager
def unpacked_head(where: Place, pattern: str | None) -> Iterator[Place]:
    """What is in a compressed file, up to `_HEAD_BYTES` and some; any other file as it is.

    Args:
        where: it lies.
        pattern: see `members`.

    Raises:
        Refused: it cannot be unpacked.
    """
    descriptor, spool = open_input(where), os.memfd_create("unpacked")
    try:
        with reading(str(where.path)):
            kind = packing_of(os.pread(descriptor, _LONGEST_MAGIC, 0))
        if kind is None:
            yield where
            return
        identity = FileIdentity.of(descriptor)
        packed = Packed(str(where.path), kind.called, descriptor, spool, identity.size, 2**62, math.inf, None, pattern)
        number, member = members(packed)[0] if packed.has_members else (None, None)
        unpack(replace(packed, member=number, head_bytes=_HEAD_BYTES))
        content = FileIdentity.of(spool)
        yield Unpacked(where.root, where.relative, identity, kind.called, member, content, os.getpid(), spool)
    finally:
        os.close(descriptor)
        os.close(spool)


def is_partly_unpacked(where: Place) -> bool:
    """Whether more is in it than was unpacked for its first rows."""
    return isinstance(where, Unpacked) and where.content.size >= _HEAD_BYTES


def refuse_partly_unpacked(where: Place) -> None:
    """Refuse to look for the end of what was unpacked in part only.

    Raises:
        FormatUnsupported: it was.
    """
    if is_partly_unpacked(where):
        raise FormatUnsupported(
            f"{where.path} shows its first rows only where what is in it has less than {_HEAD_BYTES // MIB} MiB",
            mend="a job reads it all the same; unpack it to look at its first rows",
        )
