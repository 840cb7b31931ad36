"""A CSV output that is compressed: each span a stream of its own, one behind the other, which readers take as one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import partial

from etl_batch.errors import FormatCorrupt, OutputFailed
from etl_batch.formats.packings import packing_named
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place

_ZSTD_LEVEL, _GZIP_LEVEL = 3, 1  #: of ISA-L the first is as tight as zlib's sixth


def packed_stream(content: bytes | memoryview, packing: str) -> bytes:
    """Some of the output as a stream of its own, without a name or a time in it.

    Args:
        content: as it is before.
        packing: gzip or zstd.
    """
    if packing == "gzip":
        from isal import igzip_lib

        packed: bytes = igzip_lib.compress(content, _GZIP_LEVEL, igzip_lib.COMP_GZIP)
        return packed
    import pyarrow as pa

    found: bytes = pa.Codec(packing, compression_level=_ZSTD_LEVEL).compress(content, asbytes=True)
    return found


@dataclass(frozen=True, slots=True)
class PackedPart:
    """The part file of such an output, all of it written."""

    place: Place
    packing: str

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs."""
        return (NeededFile(self.place, partial(open_existing, self.place)),)


def content_sha256(part: PackedPart) -> str:
    """The hash of what is in it, read back: so it is known to be whole, too.

    Raises:
        OutputFailed: it cannot be unpacked.
    """
    found = handed(part.place)
    descriptor = open_existing(part.place) if found is None else found
    digest, pieces = hashlib.sha256(), packing_named(part.packing).pieces
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        try:
            for piece in pieces(file, "the output") if pieces else ():
                digest.update(piece)
        except FormatCorrupt as error:
            raise OutputFailed(f"{error.message}: something else changed it, or its disk is damaged") from None
    return digest.hexdigest()
