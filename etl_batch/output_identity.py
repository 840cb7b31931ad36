"""What a published file was like when its job left it: what tells, without reading it, that it still is that file."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputIdentity:
    """Of a file under its published name: a rename changes the last of these.

    Whoever writes to a file, or puts another in its place, changes at least one of them, whatever times are set
    afterwards: nobody but the system sets the time of the last change to the file's own entry. A copy differs, too;
    there the content decides.
    """

    inode: int
    size: int  #: bytes
    mtime_ns: int  #: last change of the content, or what somebody set
    ctime_ns: int  #: last change of content, name, owner, permissions or of `mtime_ns`

    @classmethod
    def of(cls, found: os.stat_result) -> OutputIdentity:
        """Of what `stat` found."""
        return cls(inode=found.st_ino, size=found.st_size, mtime_ns=found.st_mtime_ns, ctime_ns=found.st_ctime_ns)
