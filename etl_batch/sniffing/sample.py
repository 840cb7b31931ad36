"""The bytes of a file that are looked at: its head, some of its middle, its tail. Values only."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, MIB

HEAD_BYTES = 128 * KIB
LATER_BYTES = 32 * KIB  #: of the middle, and of the tail
_ENOUGH_LINES = 20  #: in the head; of a file with long lines more of it is read
_LONGEST_HEAD = 2 * MIB
_ALIGNED = 4  #: bytes of the widest character of an encoding without a state
_ENDS_IN_ANY = b"\n\r\x15\x25"


@dataclass(frozen=True, slots=True)
class Sample:
    """Pieces of a file. Middle and tail are empty where the head is all of it."""

    head: bytes
    middle: bytes
    tail: bytes
    size: int  #: bytes of the file

    @property
    def whole(self) -> bool:
        """Whether the head is all of it."""
        return len(self.head) >= self.size

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """Those that are not empty, in order."""
        return tuple(piece for piece in (self.head, self.middle, self.tail) if piece)


def sample_of(
    read: Callable[[int, int], bytes], size: int, length: int = HEAD_BYTES, later: int = LATER_BYTES
) -> Sample:
    """Take a sample.

    Args:
        read: the bytes at a position: length, position; fewer at the end of the file.
        size: bytes of the file.
        length: bytes of the head.
        later: bytes of the middle, and of the tail.
    """
    head = read(length, 0)
    while len(head) < size and length < _LONGEST_HEAD and sum(map(head.count, _ENDS_IN_ANY)) < _ENOUGH_LINES:
        length *= 4
        head = read(length, 0)
    if len(head) >= size:
        return Sample(head, b"", b"", size)
    middle_at = max(size // 2, len(head)) // _ALIGNED * _ALIGNED
    middle = read(later, middle_at)
    tail_at = max(size - later, middle_at + len(middle)) // _ALIGNED * _ALIGNED
    return Sample(head, middle, read(size - tail_at, tail_at), size)


def head_text(sample: Sample, encoding: str, errors: str = "strict") -> str:
    """The head as text; a character that its end cuts is left out.

    Raises:
        UnicodeError: it is no text in this encoding.
    """
    return codecs.getincrementaldecoder(encoding)(errors).decode(sample.head, sample.whole)


def later_texts(sample: Sample, encoding: str) -> tuple[str, ...]:
    """Middle and tail as text, without the line that the beginning of each cuts, and that which the middle's end does.

    A line may begin within quotes all the same.
    """
    plain = {
        "utf-8-sig": "utf-8",
        "utf-16": _utf16_of(sample.head, "utf-16"),
        "utf-32": _utf16_of(sample.head, "utf-32"),
    }
    texts = []
    for piece, is_last in ((sample.middle, not sample.tail), (sample.tail, True)):
        if piece:
            text = piece.decode(plain.get(encoding, encoding), "replace")
            text = text[_behind_line(text) :]
            texts.append(text if is_last else text[: max(text.rfind("\n"), text.rfind("\r")) + 1])
    return tuple(texts)


def _behind_line(text: str) -> int:
    found = [at for at in (text.find(end) for end in ("\n", "\r", "\x85")) if at >= 0]
    return min(found) + 1 if found else len(text)


def _utf16_of(head: bytes, name: str) -> str:
    return f"{name}-be" if head[:1] in (b"\xfe", b"\0") else f"{name}-le"
