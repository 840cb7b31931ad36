"""Where the log ends, and how far the disk has it: two short notes beside the log, so that no append reads the log.

Rules only: values to bytes and back. Both notes carry a code of the key. They can be lost at any time: what the tail
says can be found in the log, and without the other one more wait for the disk is due. They are worth keeping all the
same: they remember more lines than there are when the log's end was cut off.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import field, replace
from typing import Self

from etl_batch.audit.chain import FIRST_PREVIOUS, Link
from etl_batch.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from etl_batch.light_dataclass import dataclass

_TAIL = struct.Struct(">4sQQ32sQQQB")
_SYNCED = struct.Struct(">4sQQQ")
_TAIL_MAGIC = b"tai1"
_SYNCED_MAGIC = b"syn1"
_CODE_BYTES = 32
_MOST_SUBTREES = 64
TAIL_BYTES = _TAIL.size + _MOST_SUBTREES * HASH_BYTES + _CODE_BYTES
SYNCED_BYTES = _SYNCED.size + _CODE_BYTES


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log."""

    segment: int = 1  #: which file, in the order of the lines; from 1
    offset: int = 0  #: bytes of that file


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Where the log ends."""

    end: Position = Position()
    leaf: bytes = FIRST_PREVIOUS  #: hash of the last line
    frontier: Frontier = field(default_factory=Frontier)  #: over all lines
    checkpoint_seq: int = 0  #: so many lines are under a checkpoint, or soon will be
    checkpoint_time: int = 0  #: of that, in seconds since 1970

    @property
    def link(self) -> Link:
        """What the next line needs to know."""
        return Link(self.frontier.size, self.leaf)

    def after(self, line: bytes) -> Self:
        """Where it ends with one more line."""
        leaf = leaf_hash(line)
        end = Position(self.end.segment, self.end.offset + len(line) + 1)
        return replace(self, end=end, leaf=leaf, frontier=self.frontier.extended((leaf,)))

    def pack(self, key: bytes) -> bytes:
        """The note."""
        content = _TAIL.pack(
            _TAIL_MAGIC, self.end.segment, self.end.offset, self.leaf, self.frontier.size, self.checkpoint_seq,
            self.checkpoint_time, len(self.frontier.roots),
        ) + b"".join(self.frontier.roots)  # fmt: skip
        return content + _code(content, key)


def unpack_tail(note: bytes, key: bytes) -> Tail | None:
    """A tail out of its note; None: it is torn, of another key, or none."""
    if len(note) < _TAIL.size:
        return None
    magic, segment, offset, leaf, size, checkpoint_seq, checkpoint_time, subtrees = _TAIL.unpack_from(note)
    stop = _TAIL.size + subtrees * HASH_BYTES
    if magic != _TAIL_MAGIC or not hmac.compare_digest(note[stop : stop + _CODE_BYTES], _code(note[:stop], key)):
        return None
    roots = tuple(note[at : at + HASH_BYTES] for at in range(_TAIL.size, stop, HASH_BYTES))
    return Tail(
        end=Position(segment, offset),
        leaf=leaf,
        frontier=Frontier(size, roots),
        checkpoint_seq=checkpoint_seq,
        checkpoint_time=checkpoint_time,
    )


@dataclass(frozen=True, slots=True)
class Synced:
    """How far the disk has the log."""

    end: Position = Position()
    group_bytes: int = 0  #: that the last wait for the disk served

    def pack(self, key: bytes) -> bytes:
        """The note."""
        content = _SYNCED.pack(_SYNCED_MAGIC, self.end.segment, self.end.offset, self.group_bytes)
        return content + _code(content, key)


def unpack_synced(note: bytes, key: bytes) -> Synced | None:
    """How far the disk has the log, out of its note; None: it is torn, of another key, or none."""
    content, code = note[: _SYNCED.size], note[_SYNCED.size : SYNCED_BYTES]
    if len(content) < _SYNCED.size or not hmac.compare_digest(code, _code(content, key)):
        return None
    _, segment, offset, group_bytes = _SYNCED.unpack(content)
    return Synced(Position(segment, offset), group_bytes)


def _code(content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")
