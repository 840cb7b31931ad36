"""How files are compressed, and how each kind is read: piece by piece, held to its checksums and to its end.

What libraries accept that is not sound is refused here: bytes behind the end, an end that is missing.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from etl_batch.errors import FormatCorrupt, FormatUnsupported
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

STEP_BYTES = MIB
_MOST_XZ_BYTES = 256 * MIB  #: of memory for the window that an .xz asks for; `xz -9` asks for 65
_ZIP = b"PK\x03\x04"
_END_OF_ZIP, _END_OF_ZIP_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_ANEW = "write it anew with gzip, xz, bzip2, zstd or as a plain zip"


class _Decompressor(Protocol):
    """As `bz2.BZ2Decompressor`."""

    @property
    def eof(self) -> bool:
        """Whether its stream is over."""

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it was given the bytes for."""

    @property
    def unused_data(self) -> bytes:
        """What stood behind the end of its stream."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Go on."""


@dataclass(frozen=True, slots=True)
class Packing:
    """A way to compress files."""

    called: str
    magic: bytes
    pieces: Callable[[io.RawIOBase, str], Iterator[bytes]] | None  #: of an open file, named; None: it has members


def packing_of(head: bytes) -> Packing | None:
    """How a file is compressed that begins so; None: it is not."""
    found = next((one for one in PACKINGS if head.startswith(one.magic)), None)
    return None if found is not None and found.called == "bzip2" and head[4:10] not in _BZIP2_BLOCKS else found


def packing_named(called: str) -> Packing:
    """The one that is called so."""
    return next(one for one in PACKINGS if one.called == called)


@contextmanager
def damage_named(file: io.RawIOBase, what: str, *broken: type[Exception]) -> Iterator[None]:
    """What a library says of damage, as an error of ours; where it had read to stands in it."""
    try:
        yield
    except MemoryError:
        raise
    except broken as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk, not the file
        said = str(error) or type(error).__name__
        raise FormatCorrupt(f"{what} is damaged before byte {file.tell():,} ({said})") from None


def _streams(
    file: io.RawIOBase, what: str, magic: bytes, new: Callable[[], _Decompressor], *broken: type[Exception]
) -> Iterator[bytes]:
    """What one compressed stream after the other holds.

    Raises:
        FormatCorrupt: a stream is damaged or cut off, or what stands behind one is none.
    """
    data, stream = b"", new()
    is_fresh = True
    while True:
        if not data and not (data := file.read(STEP_BYTES) or b""):
            if is_fresh:
                return
            raise FormatCorrupt(f"{what} is cut off: it ends at byte {file.tell():,}, before its content does")
        is_fresh = False
        with damage_named(file, what, *broken):
            piece = stream.decompress(data, STEP_BYTES)
            data = b""
            yield piece
            while not stream.eof and not stream.needs_input:
                yield stream.decompress(b"", STEP_BYTES)
        if stream.eof:
            data, stream, is_fresh = _behind(file, stream.unused_data, magic, what), new(), True


def _behind(file: io.RawIOBase, rest: bytes, magic: bytes, what: str) -> bytes:
    """What stands behind a stream: another one; zeros, which fill blocks of tapes and disks, are skipped.

    Raises:
        FormatCorrupt: anything else.
    """
    while True:
        rest = rest.lstrip(b"\0")
        if len(rest) >= len(magic) or not (more := file.read(STEP_BYTES)):
            break
        rest += more
    if not rest.startswith(magic):
        if rest:
            at = file.tell() - len(rest)
            raise FormatCorrupt(f"{what}: behind its end, from byte {at:,} on, stands something that is no part of it")
        return b""
    return rest


def _gzip(file: io.RawIOBase, what: str) -> Iterator[bytes]:
    from isal import igzip_lib

    def new() -> _Decompressor:
        made: _Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        return made

    broken: Any = igzip_lib.IsalError  # which its types call an instance
    return _streams(file, what, b"\x1f\x8b", new, broken, EOFError, ValueError)


def _bzip2(file: io.RawIOBase, what: str) -> Iterator[bytes]:
    import bz2

    return _streams(file, what, b"BZh", bz2.BZ2Decompressor, OSError, EOFError, ValueError)


def _xz(file: io.RawIOBase, what: str) -> Iterator[bytes]:
    import lzma

    def new() -> _Decompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_XZ_BYTES)

    try:
        yield from _streams(file, what, b"\xfd7zXZ\0", new, EOFError, ValueError)
    except lzma.LZMAError as error:
        if "emory usage limit" in str(error):
            raise FormatUnsupported(
                f"{what} asks for more than {_MOST_XZ_BYTES // MIB} MiB of memory to be unpacked", mend=_ANEW
            ) from None
        raise FormatCorrupt(f"{what} is damaged before byte {file.tell():,} ({error})") from None


def _zstd(file: io.RawIOBase, what: str) -> Iterator[bytes]:
    import pyarrow as pa

    with (
        pa.PythonFile(file, mode="r") as packed,
        pa.CompressedInputStream(packed, "zstd") as stream,
        damage_named(file, what, OSError, pa.ArrowException),
    ):
        while piece := stream.read(STEP_BYTES):
            yield piece


def refuse_behind_zip(file: io.RawIOBase, size: int, what: str) -> None:
    """Refuse a zip whose end is missing, or is not the end of the file.

    Raises:
        FormatCorrupt: it is so.
    """
    tail_bytes = min(size, _END_OF_ZIP_BYTES + _LONGEST_COMMENT)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes) or b""
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or len(tail) - at < _END_OF_ZIP_BYTES:
        raise FormatCorrupt(f"{what} is cut off: the list of its files, at its end, is missing")
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    behind = len(tail) - at - _END_OF_ZIP_BYTES - comment
    if behind > 0:
        raise FormatCorrupt(
            f"{what}: behind its end, from byte {size - behind:,} on, stands something that is no part of it"
        )
    if behind < 0:
        raise FormatCorrupt(f"{what} is cut off: its comment ends before its last byte")


_BZIP2_BLOCKS = (b"1AY&SY", bytes.fromhex("177245385090"))  #: its first block; that of an empty one
PACKINGS = (
    Packing("gzip", b"\x1f\x8b\x08", _gzip),
    Packing("bzip2", b"BZh", _bzip2),
    Packing("xz", b"\xfd7zXZ\0", _xz),
    Packing("zstd", b"\x28\xb5\x2f\xfd", _zstd),
    Packing("zip", _ZIP, None),
    Packing("zip", _END_OF_ZIP, None),
)
