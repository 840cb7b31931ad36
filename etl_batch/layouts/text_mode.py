"""Whether a file of records was copied in text mode, which destroys numbers that are no text. Pure: words come out.

A transfer in text mode translates characters, and what is none becomes 0x3F, 0x1A or the replacement character of
Unicode (EF BF BD); or it puts line ends of the one machine in the place of those of the other, wherever a byte of a
number looks like one: 0x15 and 0x25 become 0x0A, and 0x0D comes before it. None of this can be undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl_batch.layouts.layout import Field, Layout, first_fields

MOST_RECORDS = 400
_MOST_FIELDS = 40
_REPLACED = b"\xef\xbf\xbd"
_LEAST = 3  #: so often at the least
_LINE_FEED = re.compile(rb"\r*\n")
_FILLS = {b"\0", b" ", b"@", b"\xff"}  #: that numbers without a value are filled with
_LOST = (b"\x3f", b"\x1a")
_LIKE_LOST = tuple(bytes([high << 4 | 0x0F]) for high in range(10) if high != 3)  #: as 0x3F, of numbers without a sign
_SURE = 10  #: times as many
_SIGNS = frozenset(b"\x0c\x0d\x0f")  #: in the last half of a packed number


def text_mode(layout: Layout, head: bytes, size: int) -> str | None:
    """What shows that a file was copied in text mode, in words; None: nothing does.

    Args:
        layout: of records of one length.
        head: the first bytes of the file.
        size: of the file.
    """
    numbers = [field for field in first_fields(layout.fields) if _is_stored(field)][:_MOST_FIELDS]
    if not numbers:
        return None
    is_multiple = (size - layout.header_bytes - layout.trailer_bytes) % layout.record_size == 0
    if (count := head.count(_REPLACED)) >= _LEAST:
        return f"the replacement character of UTF-8 (EF BF BD) is {count:,} times in its first {len(head):,} bytes"
    records = _without_ends(layout, head)
    if not is_multiple and records == head and (count := _line_ends_put_in(head)):
        return (
            f"its size is no multiple of {layout.record_size}, and before each of the {count:,} bytes 0x0A in its "
            f"first {len(head):,} stands a 0x0D: line ends were put in"
        )
    packed = [field for field in numbers if field.stored_type == "packed"]
    return _of_packed(packed, layout, records) if packed else None


def _without_ends(layout: Layout, head: bytes) -> bytes:
    """The records side by side, where a line end was put behind each of the first ones."""
    size, start = layout.record_size, layout.header_bytes
    for end in (b"\r\n", b"\n"):
        step = size + len(end)
        places = range(start, len(head) - step + 1, step)[:MOST_RECORDS]
        if len(places) >= _LEAST and all(head[at + size : at + step] == end for at in places):
            return head[:start] + b"".join(head[at : at + size] for at in places)
    return head


def _is_stored(field: Field) -> bool:
    """Whether a field holds a number that is no text, in every record."""
    return field.when is None and field.type not in {"str", "zoned", "bytes"} and not field.text


def _line_ends_put_in(head: bytes) -> int:
    """How many line feeds there are, where each has a CR before it; 0: not so."""
    ends = _LINE_FEED.findall(head)
    return len(ends) if len(ends) >= _LEAST and all(len(end) > 1 for end in ends) else 0


def _of_packed(packed: Sequence[Field], layout: Layout, head: bytes) -> str | None:
    cells = list(_cells(packed, layout, head))
    bad = [cell for cell in cells if not _is_packed(cell)]
    if 2 * len(bad) <= len(cells) or len(bad) < _LEAST:
        return _line_feeds(cells, bad)
    what = f"{len(bad):,} of {len(cells):,} packed numbers in its first records are none"
    if _were_translated(cells):
        return f"{what}, but are once they are translated from ASCII to EBCDIC again"
    together = b"".join(bad)
    lost = sum(map(together.count, _LOST))
    if lost >= _LEAST and lost > sum(map(together.count, _LIKE_LOST)):
        return f"{what}, and {lost:,} bytes of them are 0x3F or 0x1A, which stand for what no text has"
    return _line_feeds(cells, bad)


def _were_translated(cells: Sequence[bytes]) -> bool:
    """Whether most would be sound, had nobody made ASCII of them byte by byte."""
    before = [cell.decode("latin-1").encode("cp037") for cell in cells]
    return _SURE * sum(not _is_packed(cell) for cell in before) < len(before)


def _line_feeds(cells: Sequence[bytes], bad: Sequence[bytes]) -> str | None:
    """Where 0x0A stands for 0x15 and 0x25, neither of which is left."""
    feeds = sum(b"\n" in cell for cell in bad)
    if feeds < _LEAST or 2 * feeds < len(bad) or any(b"\x15" in cell or b"\x25" in cell for cell in cells):
        return None
    return (
        f"{feeds:,} of {len(cells):,} packed numbers in its first records hold 0x0A, which is no two digits, and none "
        "holds 0x15 or 0x25: those were made line feeds"
    )


def _cells(packed: Sequence[Field], layout: Layout, head: bytes) -> Iterator[bytes]:
    size = layout.record_size
    places = range(layout.header_bytes, len(head) - size + 1, size)[:MOST_RECORDS]
    for at in places:
        for field in packed:
            cell = head[at + field.offset : at + field.offset + field.length]
            if cell[:1] * len(cell) != cell or cell[:1] not in _FILLS:
                yield cell


def _is_packed(cell: bytes) -> bool:
    digits = cell.hex()
    return digits[:-1].isdecimal() and cell[-1] & 0x0F in _SIGNS
