"""Checking a stretch of whole lines: the codes, the chain, the numbers. Bytes are compared; nothing is parsed."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import field
from hashlib import sha256

from etl_batch.audit.chain import Link, problem, seq_of
from etl_batch.light_dataclass import dataclass

_MAC = b',"mac":"'
_PREVIOUS = b',"prev":"'
_SEQ = b',"seq":'


@dataclass(slots=True)
class Stretch:
    """What a stretch of lines came to."""

    link: Link  #: behind its last sound line
    leaves: list[bytes] = field(default_factory=list)  #: hashes of the sound lines
    length: int = 0  #: bytes of the sound lines, with their ends
    reason: str | None = None  #: what is wrong with the line behind them
    seq: int | None = None  #: the entry that belongs there


def check_lines(lines: Iterable[bytes], link: Link, key: bytes) -> Stretch:
    """Check lines up to the first that is not sound.

    This is `chain.problem` for each line, written out: it runs a million times.

    Args:
        lines: without their ends.
        link: the line before them.
        key: of the codes.
    """
    digest, leaf, seq = hmac.digest, link.leaf.hex().encode(), link.seq
    leaves: list[bytes] = []
    length = 0
    for line in lines:
        at = line.find(_MAC)
        before = line.find(_PREVIOUS, at)
        number = line.find(_SEQ, before)
        seq += 1
        expected = b"%d," % seq
        if (
            at < 0
            or before < 0
            or line[before + 9 : before + 73] != leaf
            or line[number + 7 : number + 7 + len(expected)] != expected
            or line[at + 72 : at + 74] != b'",'
            or digest(key, line[:at] + line[at + 73 :], "sha256").hex().encode() != line[at + 8 : at + 72]
        ):
            behind = Link(seq - 1, bytes.fromhex(leaf.decode()))
            reason = problem(line, behind, key) or "the line is not as it was written"
            return Stretch(behind, leaves, length, reason, seq)
        hashed = sha256(b"\x00" + line)
        leaf = hashed.hexdigest().encode()
        leaves.append(hashed.digest())
        length += len(line) + 1
    return Stretch(Link(seq, bytes.fromhex(leaf.decode())), leaves, length)


def first_link(line: bytes) -> Link | None:
    """What a line says about the one before it; None: it is no line of a log."""
    seq, at = seq_of(line), line.find(_PREVIOUS)
    try:
        previous = bytes.fromhex(line[at + 9 : at + 73].decode("ascii"))
    except ValueError:
        return None
    return None if seq is None or at < 0 else Link(seq - 1, previous)
