"""What of a file is shown before there is a job: its size and state, cells beside their bytes, bytes as a hex view."""

from __future__ import annotations

import os
from dataclasses import astuple

from etl_batch.layouts.layout import Field
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, permit
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import Actor, OutputIdentity

_HEX_LINE = 16


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One field of one record."""

    field: Field
    text: str | None  #: as the CSV will show it; None: null
    problem: str | None  #: why the value is bad; None: it is good


def file_size(actor: Actor, where: Place) -> int:
    """Bytes of an input.

    Raises:
        Refused: it may not be read, or is not there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        return FileIdentity.of(descriptor).size
    finally:
        os.close(descriptor)


def state_of(actor: Actor, where: Place) -> tuple[int, ...]:
    """What changes when an input does, whatever times somebody sets; nothing of it is read.

    Raises:
        Refused: it may not be read, or is not there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        return astuple(OutputIdentity.of(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def hex_lines(raw: bytes, position: int) -> str:
    """Bytes as a hex view: position in the file, 16 bytes, the same as ASCII; one line each."""
    lines = []
    for start in range(0, len(raw), _HEX_LINE):
        piece = raw[start : start + _HEX_LINE]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        lines.append(f"{position + start:>10}  {piece.hex(' '):<{3 * _HEX_LINE - 1}}  {shown}")
    return "\n".join(lines)
