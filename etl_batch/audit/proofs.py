"""Proofs for who has a checkpoint and not the log: this entry was in it; nothing before an older checkpoint changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from etl_batch.audit.chain import seq_of
from etl_batch.audit.checkpoints import Checkpoint, checkpoint_of
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.line_order import oldest_first
from etl_batch.audit.merkle import (
    EMPTY_ROOT,
    consistency_ranges,
    extends,
    includes,
    inclusion_ranges,
    leaf_hash,
    range_roots,
)
from etl_batch.errors import AuditUnreadable, ConfigError
from etl_batch.light_dataclass import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a line is in the log of a checkpoint, and perhaps that this log begins with that of an older one."""

    seq: int
    line: str  #: the entry
    path: tuple[bytes, ...]  #: from the entry to the root
    checkpoint: Checkpoint
    older: Checkpoint | None = None
    consistency: tuple[bytes, ...] = ()  #: from the older root to the root

    def as_json(self) -> dict[str, object]:
        """The proof as a JSON object."""
        return {
            "v": VERSION,
            "seq": self.seq,
            "line": self.line,
            "path": [node.hex() for node in self.path],
            "checkpoint": self.checkpoint.line(),
            "older": None if self.older is None else self.older.line(),
            "consistency": [node.hex() for node in self.consistency],
        }


def prove(files: AuditFiles, seq: int, head: Checkpoint, older: Checkpoint | None = None) -> Proof:
    """Prove that an entry is in the log.

    Args:
        files: of the log.
        seq: number of the entry.
        head: the checkpoint that it is proved against.
        older: prove also that the log of `head` begins with that of this one.

    Raises:
        ConfigError: there is no such entry, or `older` has more entries than the log.
        OSError: the log cannot be read.
    """
    if not 1 <= seq <= head.size:
        raise ConfigError(f"there is no entry {seq}", mend=f"give a number from 1 to {head.size}")
    if older is not None and older.size > head.size:
        raise ConfigError(
            f"the log has {head.size} entries, the kept head {older.size}", mend="see `audit verify --head`"
        )
    found: list[bytes] = []

    def leaves() -> Iterator[bytes]:
        for number, line in enumerate(oldest_first(files), start=1):
            if number > head.size:
                return
            if number == seq:
                found.append(line)
            yield leaf_hash(line)

    try:
        path = range_roots(leaves(), inclusion_ranges(seq - 1, head.size))
        if not found:  # no range reaches up to it
            found.extend(line for number, line in enumerate(oldest_first(files), start=1) if number == seq)
        consistency = [] if older is None else range_roots(leaves(), consistency_ranges(older.size, head.size))
    except ValueError as error:
        raise AuditUnreadable(f"the log is shorter than its checkpoint ({error})", mend="run `audit verify`") from error
    line = found[0].decode("ascii", "backslashreplace")
    return Proof(seq=seq, line=line, path=tuple(path), checkpoint=head, older=older, consistency=tuple(consistency))


def proof_of(text: str) -> Proof:
    """A proof out of its JSON text.

    Raises:
        AuditUnreadable: it is none.
    """
    try:
        found: Mapping[str, Any] = json.loads(text)
        if found["v"] != VERSION:
            raise ValueError(found["v"])
        return Proof(
            seq=int(found["seq"]),
            line=str(found["line"]),
            path=tuple(bytes.fromhex(node) for node in found["path"]),
            checkpoint=checkpoint_of(found["checkpoint"]),
            older=None if found["older"] is None else checkpoint_of(found["older"]),
            consistency=tuple(bytes.fromhex(node) for node in found["consistency"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditUnreadable("this is no proof", mend="give a file as `audit prove` writes it, unchanged") from error


def flaw(proof: Proof, public: bytes, kept: Checkpoint | None = None) -> str | None:
    """What is wrong with a proof; None: it holds.

    Args:
        proof: to check.
        public: key of the log's signatures.
        kept: a checkpoint that whoever checks has kept: the proof must be against it, or begin with it.
    """
    line, checkpoint, older = proof.line.encode(), proof.checkpoint, proof.older
    if seq_of(line) != proof.seq:
        return f"the line is not entry {proof.seq}"
    if not checkpoint.is_signed_by(public) or (older is not None and not older.is_signed_by(public)):
        return "a checkpoint in it was not signed with this key"
    if not includes(leaf_hash(line), proof.seq - 1, checkpoint.size, proof.path, checkpoint.root):
        return f"it does not show that the entry is among the {checkpoint.size} of the checkpoint"
    old = (0, EMPTY_ROOT) if older is None else (older.size, older.root)
    if not extends(old, (checkpoint.size, checkpoint.root), proof.consistency):
        return "it does not show that the log still begins with the older checkpoint"
    heads = [(head.size, head.root) for head in (checkpoint, older) if head is not None]
    if kept is not None and (kept.size, kept.root) not in heads:
        return "it is about another checkpoint than the kept one; make it with `audit prove SEQ --head KEPT`"
    return None
