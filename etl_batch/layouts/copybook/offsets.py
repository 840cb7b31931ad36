"""Where each item of a record lies, by arithmetic: nothing is repeated before all of it is known to be small enough.

Sizes are those of IBM Enterprise COBOL for z/OS (Language Reference, "USAGE clause", "Slack bytes").
"""

from __future__ import annotations

from etl_batch.layouts.copybook.entries import Entry, Sign, Usage
from etl_batch.layouts.copybook.picture import Category, Picture
from etl_batch.layouts.copybook.tree import Item
from etl_batch.layouts.layout import MAX_RECORD_BYTES
from etl_batch.light_dataclass import dataclass

MOST_BINARY_DIGITS = 18
_MOST_NUMBER_BYTES = 8
_FIXED = {Usage.FLOAT: 4, Usage.DOUBLE: 8, Usage.INDEX: 4, Usage.POINTER: 4}
_BINARY = {Usage.BINARY, Usage.NATIVE}
_WIDE = {Category.NATIONAL, Category.DBCS}


@dataclass(frozen=True, slots=True)
class Placed:
    """An item in the record."""

    item: Item
    offset: int  #: of its first occurrence
    size: int  #: bytes of one occurrence, what fills it up for the next one among them
    inner: tuple[Placed, ...] = ()
    reading: tuple[int, int] | None = None  #: of bytes that others read as well: the set of these, its place in it

    @property
    def end(self) -> int:
        """Behind its last occurrence."""
        return self.offset + self.size * self.item.entry.occurs


def placed(item: Item, where: str) -> Placed:
    """The record with the place of each item.

    Raises:
        CopybookInvalid: it is larger than a record may be, or an item has no size.
    """
    return _Placing(where).place(item, 0)


class _Placing:
    def __init__(self, where: str) -> None:
        self._where = where

    def place(self, item: Item, offset: int) -> Placed:
        entry = item.entry
        offset = _up(offset, _starts_at(item))
        if not item.is_group:
            found = Placed(item, offset, self._size(entry))
        else:
            inner = self._inner(item, offset)
            end = max(one.end for one in inner)
            size = end - offset
            if entry.repeated:
                size = _up(size, _widest(item))
            found = Placed(item, offset, size, inner)
        if found.end > MAX_RECORD_BYTES:
            raise entry.wrong(self._where, f"ends at byte {found.end:,}; a record has {MAX_RECORD_BYTES:,} at most")
        return found

    def _inner(self, group: Item, offset: int) -> tuple[Placed, ...]:
        inner: list[Placed] = []
        end = offset
        for item in group.inner:
            start = self._redefined(item.entry, inner).offset if item.entry.redefines else end
            inner.append(self.place(item, start))
            if item.entry.redefines and inner[-1].offset != start:
                raise item.entry.wrong(
                    self._where,
                    f"redefines {item.entry.redefines} at byte {start}, where nothing SYNCHRONIZED can begin",
                )
            end = max(end, inner[-1].end)
        return tuple(inner)

    def _redefined(self, entry: Entry, before: list[Placed]) -> Placed:
        name = entry.redefines.upper()
        for one in reversed(before):
            if one.item.entry.name.upper() == name:
                return one
        raise entry.wrong(self._where, f"redefines {entry.redefines}, which is no item before it in the same group")

    def _size(self, entry: Entry) -> int:
        usage = entry.usage or Usage.DISPLAY
        picture = entry.picture
        if usage in _FIXED:
            if picture is not None:
                raise entry.wrong(self._where, f"is {usage.value}, and so has no PICTURE")
            return _FIXED[usage]
        if picture is None:
            raise entry.wrong(self._where, "has neither a PICTURE nor items in it")
        if usage in {Usage.DISPLAY, Usage.NATIONAL, Usage.DBCS}:
            sign = entry.sign or Sign()
            is_wide = picture.category in _WIDE or usage is not Usage.DISPLAY
            return (picture.size + (picture.signed and sign.separate)) * (2 if is_wide else 1)
        if usage is Usage.BYTES and picture.category is Category.TEXT and picture.size <= _MOST_NUMBER_BYTES:
            return picture.size
        if usage is Usage.BYTES and picture.category is Category.TEXT:
            return picture.size
        if picture.category is not Category.NUMBER:
            raise entry.wrong(self._where, f"is {usage.value}, and PICTURE {entry.pictured} is no number")
        return self._number(entry, usage, picture)

    def _number(self, entry: Entry, usage: Usage, picture: Picture) -> int:
        if usage is Usage.PACKED:
            return picture.digits // 2 + 1
        if usage is Usage.UNSIGNED_PACKED:
            return (picture.digits + 1) // 2
        if picture.digits > MOST_BINARY_DIGITS:
            raise entry.wrong(
                self._where, f"is {usage.value} of {picture.digits} digits; {MOST_BINARY_DIGITS} is the most"
            )
        if usage is Usage.BYTES:
            most = 10**picture.digits * (2 if picture.signed else 1)
            return next(length for length in range(1, 9) if 256**length >= most)
        return binary_bytes(picture.digits)


def binary_bytes(digits: int) -> int:
    """Bytes of a binary number."""
    return 2 if digits <= 4 else 4 if digits <= 9 else 8


def _boundary(entry: Entry) -> int:
    """What the offset of an elementary item is a multiple of."""
    if not entry.synchronized:
        return 1
    if entry.usage in _BINARY:
        return 2 if entry.picture is not None and entry.picture.digits <= 4 else 4
    return {Usage.FLOAT: 4, Usage.DOUBLE: 8, Usage.INDEX: 4, Usage.POINTER: 4}.get(entry.usage or Usage.DISPLAY, 1)


def _starts_at(item: Item) -> int:
    """A group begins where its first item does: slack bytes stand in front of it."""
    while item.is_group:
        item = item.inner[0]
    return _boundary(item.entry)


def _widest(item: Item) -> int:
    return max(_widest(one) for one in item.inner) if item.is_group else _boundary(item.entry)


def _up(offset: int, boundary: int) -> int:
    return -(-offset // boundary) * boundary
