"""Encodings of one byte a character: what each byte stands for, and texts of them as UTF-8."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

_LENGTH_BITS = 24
_CODES = 256
#: codecs without a table, and how many codes they have
_FIRST_OF_UNICODE = {"ascii": 128, "iso8859-1": 256}


@cache
def single_byte_table(codec: str) -> npt.NDArray[np.uint32] | None:
    """What each byte is in UTF-8: that in the low 24 bits, how many bytes in the high 8; 0: the byte is undefined.

    Args:
        codec: Python's own name of an encoding.

    Returns:
        An array of shape (256,); None where the encoding uses more than one byte a character.
    """
    if codec in _FIRST_OF_UNICODE:
        characters = "".join(map(chr, range(_FIRST_OF_UNICODE[codec])))
    else:
        characters = getattr(_module_of(codec), "decoding_table", "")
        if not characters:
            return None
    table = np.zeros(_CODES, dtype=np.uint32)
    for code, character in enumerate(characters):
        if character != "\ufffe":  # how the codecs mark a code that they leave undefined
            table[code] = _entry(character.encode())
    return table


def _module_of(codec: str) -> ModuleType:
    """Where Python, or the package of code pages of EBCDIC, has its table."""
    try:
        return importlib.import_module(f"encodings.{codec.replace('-', '_')}")
    except ModuleNotFoundError:
        return importlib.import_module(f"ebcdic.{codec}")


def _entry(utf8: bytes) -> int:
    return int.from_bytes(utf8, "little") | len(utf8) << _LENGTH_BITS


@dataclass(frozen=True, slots=True)
class SingleByteText:
    """Makes UTF-8 of an encoding."""

    table: npt.NDArray[np.uint32]  #: see `single_byte_table`; of undefined bytes what is written for them
    holds_ascii: bool  #: ASCII stands for itself

    @classmethod
    def of(cls, codec: str, undefined: bytes | None) -> SingleByteText | None:
        """That of an encoding; None where it uses more than one byte a character.

        Args:
            codec: Python's own name of it.
            undefined: what is written for a byte that it leaves undefined, three bytes at most; None: see `write`.
        """
        from etl_batch.kernels.single_byte import REFUSED

        table = single_byte_table(codec)
        if table is None:
            return None
        entry = _entry(b"\0") | REFUSED if undefined is None else _entry(undefined)
        table = np.where(table == 0, np.uint32(entry), table)
        return cls(table, all(int(table[code]) == _entry(bytes([code])) for code in range(0x80)))

    def __call__(self, content: bytes) -> bytes:
        """The text in UTF-8."""
        from etl_batch.kernels.single_byte import BYTES_OF_CODE, ROOM_BEHIND

        room = np.empty(BYTES_OF_CODE * len(content) + ROOM_BEHIND, dtype=np.uint8)
        out = int(room.ctypes.data)
        return room[: self.write(content, out) - out].tobytes()

    def write(self, content: bytes | memoryview, out: int) -> int:
        """Write the text in UTF-8; returns the address behind it. 0: it holds a byte that is undefined, and refused.

        Args:
            content: of the encoding.
            out: address with room for `BYTES_OF_CODE` for each byte, and `ROOM_BEHIND`.
        """
        from etl_batch.kernels.single_byte import write_utf8

        text = np.frombuffer(content, dtype=np.uint8)
        start = int(text.ctypes.data)
        return int(write_utf8(start, start + len(text), self.table, self.holds_ascii, out))
