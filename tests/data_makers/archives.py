"""Compressed files, sound and broken in every way that somebody's copy, disk or malice breaks them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

import pyarrow as pa

from etl_batch.errors import EmptyInput, EtlError, FormatCorrupt, FormatMagic, FormatUnsupported, PathTraversal

ROWS = b"id,name\n" + b"".join(b"%d,name %d\n" % (number, number * number % 977) for number in range(3000))


def zstd(content: bytes) -> bytes:
    """One frame."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packing:
        packing.write(content)
    return bytes(sink.getvalue().to_pybytes())


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of some files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


PACKED = {
    "x.csv.gz": gzip.compress(ROWS, mtime=0),
    "x.csv.bz2": bz2.compress(ROWS),
    "x.csv.xz": lzma.compress(ROWS),
    "x.csv.zst": zstd(ROWS),
    "x.csv.zip": zipped(("x.csv", ROWS)),
}


@dataclass(frozen=True, slots=True)
class BrokenArchive:
    """One of them, and how it is refused."""

    way: str
    name: str
    content: bytes
    error: type[EtlError]
    says: str


def _flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 0x55
    return bytes(changed)


def _tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("x.csv")
        info.size = len(ROWS)
        archive.addfile(info, io.BytesIO(ROWS))
    return packed.getvalue()


def _huge_window() -> bytes:
    """An .xz that asks for 1.5 GiB: the size of its dictionary changed, and the checksum of its block's header."""
    content = bytearray(lzma.compress(ROWS))
    size = (content[12] + 1) * 4
    at = content.index(b"\x21\x01", 12) + 2
    content[at] = 37
    content[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(content[12 : 12 + size - 4]))
    return bytes(content)


def _changed_zip(mark: bytes, offset: int, value: bytes, content: bytes | None = None) -> bytes:
    """A zip with some bytes of its headers changed: `mark` is that of the local or of the central one."""
    changed = bytearray(content or PACKED["x.csv.zip"])
    at = changed.index(mark) + offset
    changed[at : at + len(value)] = value
    return bytes(changed)


def _linked() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("x.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
_GZ, _BZ2, _XZ, _ZST, _ZIP = PACKED.values()
_CUT, _DAMAGED, _BEHIND = "is cut off", "is damaged before byte", "behind its end, from byte"


def _both(value: bytes, local: int, central: int) -> bytes:
    return _changed_zip(_CENTRAL, central, value, _changed_zip(_LOCAL, local, value))


BROKEN = (
    BrokenArchive("gzip: no byte", "x.csv.gz", b"", EmptyInput, "0 bytes"),
    BrokenArchive("gzip: nothing in it", "x.csv.gz", gzip.compress(b""), EmptyInput, "0 bytes"),
    BrokenArchive("gzip: nothing in it, no name", "x.gz", gzip.compress(b""), EmptyInput, "holds a file of 0 bytes"),
    BrokenArchive("gzip: two bytes of it", "x.csv.gz", _GZ[:2], FormatCorrupt, "has 2 bytes"),
    BrokenArchive("gzip: cut in its header", "x.csv.gz", _GZ[:9], FormatCorrupt, _CUT),
    BrokenArchive("gzip: cut in the middle", "x.csv.gz", _GZ[: len(_GZ) // 2], FormatCorrupt, _CUT),
    BrokenArchive("gzip: cut before its checksum", "x.csv.gz", _GZ[:-8], FormatCorrupt, _CUT),
    BrokenArchive("gzip: its last byte is missing", "x.csv.gz", _GZ[:-1], FormatCorrupt, _CUT),
    BrokenArchive("gzip: a bad checksum", "x.csv.gz", _flipped(_GZ, -6), FormatCorrupt, _DAMAGED),
    BrokenArchive("gzip: a bad length", "x.csv.gz", _flipped(_GZ, -2), FormatCorrupt, _DAMAGED),
    BrokenArchive("gzip: flipped in the middle", "x.csv.gz", _flipped(_GZ, len(_GZ) // 2), FormatCorrupt, _DAMAGED),
    BrokenArchive("gzip: text behind", "x.csv.gz", _GZ + b"more\n", FormatCorrupt, _BEHIND),
    BrokenArchive("gzip: a byte behind zeros", "x.csv.gz", _GZ + bytes(512) + b"x", FormatCorrupt, _BEHIND),
    BrokenArchive("gzip: a second member cut off", "x.csv.gz", _GZ + _GZ[:-20], FormatCorrupt, _CUT),
    BrokenArchive("gzip: a second member broken", "x.csv.gz", _GZ + _flipped(_GZ, -6), FormatCorrupt, _DAMAGED),
    BrokenArchive("gzip: another method", "x.csv.gz", b"\x1f\x8b\x07" + _GZ[3:], FormatCorrupt, "does not begin as"),
    BrokenArchive("gzip: noise under its name", "x.csv.gz", bytes(range(256)), FormatCorrupt, "does not begin as"),
    BrokenArchive("gzip: packed twice", "x.csv.gz", gzip.compress(_GZ), FormatMagic, "compressed once more"),
    BrokenArchive("gzip: a tar in it", "x.tar.gz", gzip.compress(_tar()), FormatMagic, "a tar archive"),
    BrokenArchive("gzip: a PDF in it", "x.gz", gzip.compress(b"%PDF-1.7"), FormatMagic, "a PDF document"),
    BrokenArchive("bzip2: cut in the middle", "x.csv.bz2", _BZ2[: len(_BZ2) // 2], FormatCorrupt, _CUT),
    BrokenArchive("bzip2: its last byte is missing", "x.csv.bz2", _BZ2[:-1], FormatCorrupt, _CUT),
    BrokenArchive("bzip2: flipped in the middle", "x.csv.bz2", _flipped(_BZ2, len(_BZ2) // 2), FormatCorrupt, _DAMAGED),
    BrokenArchive("bzip2: a bad checksum", "x.csv.bz2", _flipped(_BZ2, -3), FormatCorrupt, _DAMAGED),
    BrokenArchive("bzip2: text behind", "x.csv.bz2", _BZ2 + b"more\n", FormatCorrupt, _BEHIND),
    BrokenArchive("bzip2: a second stream cut off", "x.csv.bz2", _BZ2 + _BZ2[:-9], FormatCorrupt, _CUT),
    BrokenArchive("xz: cut in the middle", "x.csv.xz", _XZ[: len(_XZ) // 2], FormatCorrupt, _CUT),
    BrokenArchive("xz: its footer is missing", "x.csv.xz", _XZ[:-12], FormatCorrupt, _CUT),
    BrokenArchive("xz: flipped in the middle", "x.csv.xz", _flipped(_XZ, len(_XZ) // 2), FormatCorrupt, _DAMAGED),
    BrokenArchive("xz: flipped in its footer", "x.csv.xz", _flipped(_XZ, -3), FormatCorrupt, _DAMAGED),
    BrokenArchive("xz: text behind", "x.csv.xz", _XZ + b"more\n", FormatCorrupt, _BEHIND),
    BrokenArchive("xz: a window of 1.5 GiB", "x.csv.xz", _huge_window(), FormatUnsupported, "MiB of memory"),
    BrokenArchive("zstd: cut in the middle", "x.csv.zst", _ZST[: len(_ZST) // 2], FormatCorrupt, _DAMAGED),
    BrokenArchive("zstd: its last four bytes are missing", "x.csv.zst", _ZST[:-4], FormatCorrupt, _DAMAGED),
    BrokenArchive("zstd: text behind", "x.csv.zst", _ZST + b"more\n", FormatCorrupt, _DAMAGED),
    BrokenArchive("zstd: flipped", "x.csv.zst", _flipped(_ZST, 9), FormatCorrupt, _DAMAGED),
    BrokenArchive(
        "zstd: a window of 2 GiB", "x.csv.zst", b"\x28\xb5\x2f\xfd\x04\xa8\x01\0\0" + bytes(9), FormatCorrupt, _DAMAGED
    ),
    BrokenArchive("zip: cut in the middle", "x.zip", _ZIP[: len(_ZIP) // 2], FormatCorrupt, "list of its files"),
    BrokenArchive("zip: its last byte is missing", "x.zip", _ZIP[:-1], FormatCorrupt, "is cut off"),
    BrokenArchive("zip: text behind", "x.zip", _ZIP + b"more\n", FormatCorrupt, _BEHIND),
    BrokenArchive("zip: a bad checksum", "x.zip", _both(b"\1\2\3\4", 14, 16), FormatCorrupt, "Bad CRC-32"),
    BrokenArchive("zip: shorter than it says", "x.zip", _both(b"\x10\0\0\0", 22, 24), FormatCorrupt, "Bad CRC-32"),
    BrokenArchive("zip: flipped in the middle", "x.zip", _flipped(_ZIP, len(_ZIP) // 2), FormatCorrupt, _DAMAGED),
    BrokenArchive("zip: two names for one file", "x.zip", _changed_zip(_LOCAL, 30, b"y"), FormatCorrupt, _DAMAGED),
    BrokenArchive("zip: encrypted", "x.zip", _both(b"\1", 6, 8), FormatUnsupported, "is encrypted"),
    BrokenArchive("zip: another method", "x.zip", _both(b"\x61\0", 8, 10), FormatUnsupported, "a way that is not read"),
    BrokenArchive("zip: no file", "x.zip", zipped(), FormatCorrupt, "holds no file"),
    BrokenArchive("zip: a folder alone", "x.zip", zipped(("d/", b"")), FormatCorrupt, "holds no file"),
    BrokenArchive("zip: an empty file", "x.zip", zipped(("x.csv", b"")), EmptyInput, "0 bytes"),
    BrokenArchive("zip: a link", "x.zip", _linked(), FormatCorrupt, "is a link"),
    BrokenArchive(
        "zip: two files", "x.zip", zipped(("a.csv", ROWS), ("b.csv", ROWS)), FormatCorrupt, r"2 files \(a.csv, b.csv\)"
    ),
    BrokenArchive("zip: upwards", "x.zip", zipped(("../x.csv", ROWS)), PathTraversal, "Path traversal detected"),
    BrokenArchive("zip: up and down", "x.zip", zipped(("a/../../x", ROWS)), PathTraversal, "Path traversal detected"),
    BrokenArchive("zip: from the top", "x.zip", zipped(("/etc/x.csv", ROWS)), PathTraversal, "Path traversal detected"),
    BrokenArchive("zip: backslashes", "x.zip", zipped(("..\\x.csv", ROWS)), PathTraversal, "Path traversal detected"),
    BrokenArchive("zip: a drive", "x.zip", zipped(("C:/x.csv", ROWS)), PathTraversal, "Path traversal detected"),
    BrokenArchive("zip: packed twice", "x.zip", zipped(("x.csv.gz", _GZ)), FormatMagic, "compressed once more"),
)
