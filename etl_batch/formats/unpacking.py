"""Unpacks a compressed input into a file without a name: in a worker, within limits that are looked at each MiB."""

from __future__ import annotations

import fnmatch
import io
import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt, FormatUnsupported, PathTraversal, SizeLimit
from etl_batch.formats.packings import STEP_BYTES, damage_named, packing_named, refuse_behind_zip
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.part_file import write_all
from etl_batch.text.shown_text import shown
from etl_batch.values import GIB, MIB

if TYPE_CHECKING:
    import zipfile

RESERVE_BYTES = 64 * MIB  #: that unpacking leaves free on the disk
RATIO_FROM_BYTES = 256 * MIB  #: below it no ratio is too large
_ENCRYPTED = 0x1
_LINK = 0o120000
_UPWARDS = re.compile(r"^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")
_HARMLESS = ("__MACOSX/",)  #: what macOS puts beside the files of a zip
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Packed:
    """A compressed file, open in the process that made this, and where to what is in it goes."""

    what: str  #: the file, for messages
    packing: str
    descriptor: int  #: of the file
    spool: int  #: the descriptor that is written to; -1: nothing is
    size: int  #: bytes of the file
    most_bytes: int  #: that may be unpacked
    most_ratio: float  #: times the packed bytes
    member: int | None = None  #: which of a zip, from 0
    pattern: str | None = None  #: that names in a zip match; None: there is only one
    head_bytes: int | None = None  #: unpack no more than about so many; None: all

    @property
    def has_members(self) -> bool:
        """Whether it is a zip."""
        return packing_named(self.packing).pieces is None

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs. It reads on where our own descriptor stands, which shows how far it is."""
        spool = (NeededFile(self._key(self.spool), partial(os.dup, self.spool)),) if self.spool >= 0 else ()
        return (NeededFile(self._key(self.descriptor), partial(os.dup, self.descriptor)), *spool)

    def opened(self, descriptor: int) -> int:
        """One of its descriptors in whichever process this is; the caller closes it."""
        found = handed(self._key(descriptor))
        return os.dup(descriptor) if found is None else found

    def _key(self, descriptor: int) -> tuple[str, int]:
        return self.what, descriptor


def unpack(packed: Packed) -> int:
    """Write what is in it to its spool; returns how many bytes that are.

    Raises:
        FormatCorrupt: it is damaged, cut off, or something stands behind its end.
        FormatUnsupported: it is encrypted, or packed in a way that is not read.
        SizeLimit: it holds more than it may.
        DiskFull: there is no room.
    """
    spool, written = packed.opened(packed.spool), 0
    try:
        with os.fdopen(packed.opened(packed.descriptor), "rb", buffering=0) as file, reading(packed.what):
            file.seek(0)
            whole, pieces = _content(packed, file)
            for piece in pieces:
                _refuse_too_much(packed, written + len(piece), whole, spool)
                write_all(spool, piece, written, "the folder of the output")
                written += len(piece)
                if packed.head_bytes is not None and written >= packed.head_bytes:
                    break
    finally:
        os.close(spool)
    return written


def members(packed: Packed) -> tuple[tuple[int, str], ...]:
    """Which files of a zip are read: the place in it, and the name, of each.

    Raises:
        FormatCorrupt: it is no sound zip, or not one file of it is meant.
        PathTraversal: a name in it leads elsewhere.
    """
    with (
        os.fdopen(packed.opened(packed.descriptor), "rb", buffering=0) as file,
        reading(packed.what),
        _zip(packed, file) as archive,
    ):
        inside = [(place, info.filename) for place, info in enumerate(archive.infolist()) if not info.is_dir()]
    for _, name in inside:
        if _UPWARDS.search(name):
            raise PathTraversal(
                f"Path traversal detected: {packed.what} holds a file named {shown(name)}, which leads elsewhere",
                mend="do not trust whoever made it; pack the file anew, by its plain name",
            )
    files = [(place, name) for place, name in inside if not name.startswith(_HARMLESS)]
    if not files:
        raise FormatCorrupt(f"{packed.what} holds no file", mend="check that it was packed whole")
    listed = ", ".join(shown(name, 40) for _, name in files[:_LISTED]) + (" ..." if len(files) > _LISTED else "")
    if packed.pattern is None:
        if len(files) > 1:
            raise FormatCorrupt(
                f"{packed.what} holds {len(files):,} files ({listed}), where one is meant",
                mend="say which with --member: a name, or a pattern such as '*.csv', which may match several",
            )
        return tuple(files)
    wanted = [one for one in files if _matches(one[1], packed.pattern)]
    if not wanted:
        raise FormatCorrupt(
            f"{packed.what} holds no file that --member {packed.pattern!r} matches: it has {listed}",
            mend="give a name or a pattern that one of them matches",
        )
    return tuple(wanted)


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(PurePosixPath(name).name, pattern)


def _content(packed: Packed, file: io.RawIOBase) -> tuple[int, Iterator[bytes]]:
    """How many bytes are unpacked, and what they give."""
    kind = packing_named(packed.packing)
    if kind.pieces is not None:
        return packed.size, kind.pieces(file, packed.what)
    archive = _zip(packed, file)
    info = archive.infolist()[packed.member or 0]
    what = f"{packed.what}, file {shown(info.filename)}"
    if info.flag_bits & _ENCRYPTED:
        raise FormatUnsupported(f"{what} is encrypted", mend="unpack it with its password, and give the file")
    if (info.external_attr >> 16) & 0o170000 == _LINK:
        raise FormatCorrupt(f"{what} is a link, and no file", mend="pack the file that it leads to")
    return info.compress_size, _member(archive, info, file, what)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: io.RawIOBase, what: str) -> Iterator[bytes]:
    import lzma
    import zipfile
    import zlib

    broken = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
    try:
        with damage_named(file, what, *broken), archive.open(info) as member:
            while piece := member.read(STEP_BYTES):
                yield piece
    except (NotImplementedError, RuntimeError) as error:
        raise FormatUnsupported(
            f"{what} is packed in a way that is not read ({error})", mend="pack it anew as a plain zip, or with gzip"
        ) from None


def _zip(packed: Packed, file: io.RawIOBase) -> zipfile.ZipFile:
    import zipfile

    refuse_behind_zip(file, packed.size, packed.what)
    broken = (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, IndexError)
    with damage_named(file, packed.what, *broken):
        return zipfile.ZipFile(_Held(file))


class _Held(io.BufferedReader):
    """A buffer over a file that stays open when a library closes it."""

    def close(self) -> None:
        """Only this."""


def _refuse_too_much(packed: Packed, written: int, whole: int, spool: int) -> None:
    if written > packed.most_bytes:
        raise SizeLimit(
            f"{packed.what} unpacks to more than {packed.most_bytes / GIB:,.3g} GiB, the limit of all inputs"
        )
    if written > RATIO_FROM_BYTES and written > packed.most_ratio * whole:
        raise SizeLimit(
            f"{packed.what}: {whole:,} bytes unpack to {written:,} and more, over {packed.most_ratio:g} times as many",
            mend="if it is sound, raise --max-ratio",
        )
    disk = os.fstatvfs(spool)
    if disk.f_blocks and disk.f_bavail * disk.f_frsize < RESERVE_BYTES + MIB:  # none: it is memory
        raise SizeLimit(
            f"{packed.what} unpacks to more than the disk of the output has room for: after {written // MIB:,} MiB, "
            f"{RESERVE_BYTES // MIB} MiB are left",
            mend="free some space, or write to another disk",
        )
