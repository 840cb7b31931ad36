"""What is in a compressed file, as far as first rows need it: unpacked in memory, by whoever shows them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from etl_batch.formats.packings import packing_of
from etl_batch.formats.recognition import Said, is_packed
from etl_batch.formats.unpacked import HEAD_BYTES, Unpacked
from etl_batch.formats.unpacking import Packed, members, unpack
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place

_LONGEST_MAGIC = 16


@contextmanager
def unpacked_head(where: Place, pattern: str | None) -> Iterator[Place]:
    """What is in a compressed file, up to `HEAD_BYTES` and some; any other file as it is.

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
        unpack(replace(packed, member=number, head_bytes=HEAD_BYTES))
        content = FileIdentity.of(spool)
        yield Unpacked(where.root, where.relative, identity, kind.called, member, content, os.getpid(), spool)
    finally:
        os.close(descriptor)
        os.close(spool)


@contextmanager
def read_head(where: Place, said: Said, member: str | None) -> Iterator[Place]:
    """An input as far as its first rows need it: a compressed one unpacked in memory, see `unpacked_head`."""
    if is_packed(where, said):
        with unpacked_head(where, member) as content:
            yield content
    else:
        yield where
