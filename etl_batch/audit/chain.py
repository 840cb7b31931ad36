"""The lines of the log: each names the hash of the one before, and carries a code that takes the key to make.

Rules only: values and the key in, bytes out. A line is canonical JSON in ASCII (sorted keys, no spaces, no floats),
so that whatever somebody's name or file is called, it is one line, and its bytes can be compared without parsing
them.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from etl_batch.audit.events import Event
from etl_batch.audit.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash
from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_whole_number
from etl_batch.values import Actor

VERSION = 1
FIRST_PREVIOUS = EMPTY_ROOT  #: what the first line has in the place of the hash of the one before
MOST_CHARACTERS = 2000  #: of one text of an entry; longer ones are cut and end with CUT
CUT = " [...]"
_MOST_DETAILS = 64

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_DETAIL_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAC = b',"mac":"'
_MAC_STOP = len(_MAC) + 2 * HASH_BYTES
_PREVIOUS = b',"prev":"'
_SEQ = b',"seq":'
_RESERVED = {"mac", "prev", "seq"}  #: found by their bytes, so that they may stand in a line but once


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line as a reader sees it."""

    seq: int  #: from 1
    ts: str  #: UTC, ISO 8601 with microseconds
    user: str
    role: str | None
    action: str
    target: str
    outcome: str
    job: str | None = None
    ip: str | None = None
    detail: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    is_readable: bool = True  #: False: the line is no entry; `target` has what stands there


@dataclass(frozen=True, slots=True)
class Link:
    """Where the chain stands: what the next line needs to know of those before it."""

    seq: int = 0  #: of the last line
    leaf: bytes = FIRST_PREVIOUS  #: its hash


def line_of(actor: Actor, event: Event, link: Link, ts: str, key: bytes) -> bytes:
    """The line that follows, without its line end.

    Args:
        actor: who.
        event: what.
        link: the line before.
        ts: now, UTC, ISO 8601.
        key: of the codes.

    Raises:
        ValueError: a detail has a name that is reserved or not plain, or is not text, an integer or a truth value.
    """
    details: dict[str, Any] = {"os_user": actor.os_user, **event.detail}
    before = {
        "action": str(event.action),
        "detail": {name: _plain(name, value) for name, value in details.items()},
        "ip": _short(actor.ip),
        "job": _short(event.job),
    }
    if len(details) > _MOST_DETAILS:
        raise ValueError(f"an entry has {len(details)} details; {_MOST_DETAILS} are the most")
    behind = {
        "outcome": str(event.outcome),
        "prev": link.leaf.hex(),
        "role": _short(actor.role),
        "seq": link.seq + 1,
        "target": _short(event.target),
        "ts": ts,
        "user": _short(actor.name),
        "v": VERSION,
    }
    head, rest = _encode(before)[:-1], _encode(behind)[1:]
    code = hmac.digest(key, f"{head},{rest}".encode(), "sha256").hex()
    return f'{head},"mac":"{code}",{rest}'.encode()


def after(link: Link, line: bytes) -> Link:
    """Where the chain stands behind this line."""
    return Link(link.seq + 1, leaf_hash(line))


def has_code(line: bytes, key: bytes) -> bool:
    """Whether the line is as the holder of the key wrote it."""
    at = line.find(_MAC)
    if at < 0:
        return False
    # The last quote stays with the line's rest: what is signed lacks the code's name, the code and its comma.
    stop = at + _MAC_STOP
    if line[stop : stop + 2] != b'",':
        return False
    code = hmac.digest(key, line[:at] + line[stop + 1 :], "sha256").hex().encode()
    return hmac.compare_digest(code, line[at + len(_MAC) : stop])


def previous_of(line: bytes) -> bytes | None:
    """The hash of the line before, in hexadecimal, as this line names it."""
    at = line.find(_PREVIOUS)
    return None if at < 0 else line[at + len(_PREVIOUS) : at + len(_PREVIOUS) + 2 * HASH_BYTES]


def seq_of(line: bytes) -> int | None:
    """The line's number."""
    at = line.find(_SEQ)
    digits = line[at + len(_SEQ) : line.find(b",", at + 1)] if at >= 0 else b""
    return int(digits) if digits.isdigit() and len(digits) < 20 else None


def problem(line: bytes, link: Link, key: bytes) -> str | None:
    """What is wrong with a line that should follow; None: nothing.

    The code is asked last: where lines were removed or moved, theirs are right.
    """
    seq = seq_of(line)
    if previous_of(line) != link.leaf.hex().encode() or seq != link.seq + 1:
        if not has_code(line, key):
            return "the line is not as it was written"
        if seq is not None and seq > link.seq + 1:
            return f"entries {link.seq + 1} to {seq - 1} are missing before it"
        if seq is not None and seq <= link.seq:
            return f"entry {seq} stands where {link.seq + 1} belongs"
        return "the line before it is not the one that it was written after"
    return None if has_code(line, key) else "the line is not as it was written"


def entry_of(line: bytes) -> Entry:
    """A line as an entry. What cannot be read comes as an entry that says so: anybody may have put it there."""
    try:
        found = json.loads(line)
        return Entry(
            seq=_number(found["seq"]),
            ts=_text(found["ts"]),
            user=_text(found["user"]),
            role=_text_or_none(found["role"]),
            action=_text(found["action"]),
            target=_text(found["target"]),
            outcome=_text(found["outcome"]),
            job=_text_or_none(found["job"]),
            ip=_text_or_none(found["ip"]),
            detail={_text(name): _plain_value(value) for name, value in found["detail"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        text = line[:200].decode("ascii", "backslashreplace")
        return Entry(
            seq=0, ts="", user="", role=None, action="unreadable", target=text, outcome="failed", is_readable=False
        )


def _number(value: object) -> int:
    if is_whole_number(value):
        return value
    raise TypeError(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half a character, which JSON can spell, cannot be shown or exported
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _plain_value(value: object) -> str | int | bool | None:
    return value if value is None or isinstance(value, bool | int) else _text(value)


def _plain(name: str, value: object) -> str | int | bool | None:
    if not _DETAIL_NAME.fullmatch(name) or name in _RESERVED:
        raise ValueError(f"a detail of an entry cannot be called {name!r}")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _short(str(value))
    raise ValueError(f"the detail {name} is a {type(value).__name__}; give text, an integer or a truth value")


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= MOST_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS - len(CUT)] + CUT
