"""A flatbuffer read by hand, every place looked at before it is followed: what says where things lie may be damaged.

The format is that of https://flatbuffers.dev/internals/.
"""

from __future__ import annotations

import struct

from etl_batch.light_dataclass import dataclass


class Broken(Exception):
    """It leads out of itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a flatbuffer; its fields are known by their numbers."""

    buffer: bytes
    at: int

    @classmethod
    def root(cls, buffer: bytes) -> Table:
        """The table that a flatbuffer holds.

        Raises:
            Broken: there is none.
        """
        return cls(buffer, _read("<I", buffer, 0))

    def number(self, field: int, form: str, default: int = 0) -> int:
        """A number, in the form that `struct` calls it.

        Raises:
            Broken: it would lie outside.
        """
        place = self._place(field)
        return default if place is None else _read(f"<{form}", self.buffer, place)

    def table(self, field: int) -> Table | None:
        """A table within; None: there is none.

        Raises:
            Broken: it would lie outside.
        """
        place = self._place(field)
        return None if place is None else Table(self.buffer, place + _read("<I", self.buffer, place))

    def structs(self, field: int, form: str) -> list[tuple[int, ...]]:
        """A vector of structs, or of numbers; none where it is left out.

        Args:
            field: its number.
            form: one of them, as `struct` has it, padding included.

        Raises:
            Broken: it would lie outside.
        """
        place = self._place(field)
        if place is None:
            return []
        start = place + _read("<I", self.buffer, place)
        count = _read("<I", self.buffer, start)
        one = struct.Struct(f"<{form}")
        stop = start + 4 + count * one.size
        if stop > len(self.buffer):
            raise Broken(f"{count} values of {one.size} bytes do not fit")
        return list(one.iter_unpack(self.buffer[start + 4 : stop]))

    def _place(self, field: int) -> int | None:
        """Where a field lies; None: it is left out, and has its default."""
        names = self.at - _read("<i", self.buffer, self.at)
        entry = 4 + 2 * field
        if entry + 2 > _read("<H", self.buffer, names):
            return None
        offset = _read("<H", self.buffer, names + entry)
        return self.at + offset if offset else None


def _read(form: str, buffer: bytes, at: int) -> int:
    if at < 0:
        raise Broken(f"byte {at} is before its start")
    try:
        return int(struct.unpack_from(form, buffer, at)[0])
    except struct.error:
        raise Broken(f"byte {at} is behind its end") from None
