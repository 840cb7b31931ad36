"""A compressed input as what is in it: the place of the file, and a copy without a name that is read in its stead."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import PurePosixPath

from etl_batch.errors import FormatUnsupported
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.storage.stored_object import StoredObject
from etl_batch.text.packed_names import unpacked_name
from etl_batch.values import MIB

HEAD_BYTES = 32 * MIB  #: that are unpacked where first rows are shown


@dataclass(frozen=True, slots=True)
class Unpacked(Place):
    """A compressed file. Opened by `formats.unchanged`, it is what is in it."""

    packed: FileIdentity  #: of the file itself
    packing: str
    member: str | None  #: its name in a zip
    content: FileIdentity = field(compare=False, repr=False)  #: of the copy
    process: int = field(compare=False, repr=False)  #: that made it
    descriptor: int = field(compare=False, repr=False)  #: of the copy, in that process

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called: what is in it, and the file without its ending."""
        outer = unpacked_name(self.relative.name)
        return (outer,) if self.member is None else (PurePosixPath(self.member).name, outer)

    def open(self) -> int:
        """Open what is in it anew, to be read; the caller closes the descriptor."""
        return os.open(f"/proc/{self.process}/fd/{self.descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def identity_of(self, found: FileIdentity) -> FileIdentity:
        """Of what is read: as it is again, when it is unpacked again."""
        return FileIdentity(self.packed.device, self.packed.inode, found.size, self.packed.mtime_ns)


def names_of(where: Place) -> tuple[str, ...]:
    """By which it is told what a file is: its name; of a compressed one, the names of what is in it."""
    return where.names if isinstance(where, Unpacked) else (where.relative.name,)


def read_identity(where: Place, identity: FileIdentity) -> FileIdentity:
    """Of what is read in the stead of an input with this identity."""
    if isinstance(where, StoredObject) and where.copy is not None:
        return where.copy.content
    return where.content if isinstance(where, Unpacked) else identity


def file_identity(where: Place, identity: FileIdentity) -> FileIdentity:
    """Of the file itself, where an input has this identity."""
    return where.packed if isinstance(where, Unpacked) else identity


def is_partly_unpacked(where: Place) -> bool:
    """Whether more is in it than was unpacked for its first rows."""
    return isinstance(where, Unpacked) and where.content.size >= HEAD_BYTES


def refuse_partly_unpacked(where: Place) -> None:
    """Refuse to look for the end of what was unpacked in part only.

    Raises:
        FormatUnsupported: it was.
    """
    if is_partly_unpacked(where):
        raise FormatUnsupported(
            f"{where.path} shows its first rows only where what is in it has less than {HEAD_BYTES // MIB} MiB",
            mend="a job reads it all the same; unpack it to look at its first rows",
        )
