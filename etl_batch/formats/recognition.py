"""Which format a file is read as: what somebody said, else a layout of its own, else its content, else its name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from etl_batch.errors import EmptyInput, EtlError, FormatCorrupt, FormatExtension, FormatMagic
from etl_batch.formats.foreign import foreign, foreign_text
from etl_batch.formats.format import Format
from etl_batch.formats.packings import PACKINGS, packing_of
from etl_batch.formats.registry import FORMATS, format_named, format_of_name
from etl_batch.formats.text_content import Text, kind_of_text
from etl_batch.formats.unchanged import open_read
from etl_batch.formats.unpacked import Unpacked, names_of
from etl_batch.layouts.file_names import SHARED_LAYOUT, own_layout_name
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputFormat
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, is_folder
from etl_batch.storage.roots import Place
from etl_batch.storage.stored_object import StoredObject
from etl_batch.text.packed_names import packed_ending
from etl_batch.values import KIB

_HEAD_BYTES = 64 * KIB
_RECORDS = next(kind for kind in FORMATS if kind.by_layout)
_LINES = next(kind for kind in FORMATS if kind.by_dialect)


class Said(Protocol):
    """What somebody said of how inputs are read: a `JobConfig`."""

    @property
    def format(self) -> InputFormat:
        """What they hold."""

    @property
    def layout(self) -> str | None:
        """The path of a record layout."""

    @property
    def input_roots(self) -> Sequence[Path]:
        """Beneath which it lies."""

    @property
    def delimiter(self) -> str | None:
        """See `HowRead`."""

    @property
    def encoding(self) -> str | None:
        """See `HowRead`."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is read as."""

    format: Format[Any]
    because: str = ""  #: in words, where its name does not say it


def recognised(where: Place, said: Said) -> Recognised:
    """Which format an input is read as, and why.

    Raises:
        EmptyInput: it has no bytes, and its name tells nothing.
        FormatMagic: it is known, and no format reads it.
        FormatExtension: neither its content nor its name tells.
        Refused: it may not be read, or is not there.
    """
    if (named := format_named(said.format)) is not None:
        return Recognised(named)
    by_name = next((kind for kind in map(format_of_name, names_of(where)) if kind is not None), None)
    content = _Content.of(where)
    _refuse_not_unpacked(where, said, content)
    found = _by_layout(where, said, by_name, content) or _by_content(said, by_name, content)
    if found is not None:
        return found if found.format is not by_name else Recognised(found.format)
    if by_name is not None:
        return Recognised(by_name)
    if _is_there(where, SHARED_LAYOUT):
        return Recognised(_RECORDS, f"{SHARED_LAYOUT} lies in its folder, and its content tells no other format")
    return _as_text(where, said, content)


def is_packed(where: Place, said: Said) -> bool:
    """Whether an input is a compressed file that is to be unpacked first.

    Records of a layout are what they are, however they begin, unless their name says otherwise.

    Raises:
        Refused: it may not be read, or is not there.
    """
    content = _Content.of(where)
    kind = packing_of(content.head)
    if kind is None or (kind.pieces is None and foreign(content.head, content.tail, content.size) is not None):
        return False
    if packed_ending(where.path.name):
        return True
    named = format_named(said.format)
    if named is None:
        found = _by_layout(where, said, format_of_name(where.path.name), content)
        named = None if found is None else found.format
    return named is not _RECORDS


def _refuse_not_unpacked(where: Place, said: Said, content: _Content) -> None:
    """Refuse what should have been unpacked, but is not what its name says; or is packed twice."""
    if isinstance(where, Unpacked):
        if (again := packing_of(content.head)) is not None and again.pieces is not None:
            raise FormatMagic(
                f"{where.path}: what is in it is compressed once more ({again.called})",
                mend="unpack it once, and give what is in it",
            )
        return
    ending = packed_ending(where.path.name)
    if ending and content.head and any(one.magic.startswith(content.head) for one in PACKINGS):
        raise FormatCorrupt(f"{where.path} is cut off: it has {content.size} bytes")
    is_known = not ending or packing_of(content.head) is not None or any(map(content.magic, FORMATS))
    if not is_known and content.size and content.text(said) is Text.NONE:
        raise FormatCorrupt(f"{where.path} ends in {ending}, but does not begin as such a file does")


def _by_layout(where: Place, said: Said, by_name: Format[Any] | None, content: _Content) -> Recognised | None:
    """As records, where a layout was named or is the file's own.

    Not what is by its name and its content both of another format: it lies beside records, in one folder, one job.
    """
    own = next((name for name in map(own_layout_name, names_of(where)) if _is_there(where, name)), None)
    because = f"{own} lies beside it"
    if own is None:
        if said.layout is None:
            is_records = by_name is _RECORDS and _is_there(where, SHARED_LAYOUT)
            return Recognised(_RECORDS) if is_records else None
        because = "a layout was named"
    if by_name not in {None, _RECORDS} and content.magic(by_name) | content.is_divided(said, by_name):
        return None
    return Recognised(_RECORDS, because)


def _by_content(said: Said, by_name: Format[Any] | None, content: _Content) -> Recognised | None:
    for kind in FORMATS:
        if content.magic(kind):
            return Recognised(kind, f"its content begins as that of {kind.called.capitalize()} files does")
    if (known := foreign(content.head, content.tail, content.size)) is not None:
        raise FormatMagic(f"{content.path} is {known.what}, which is not read", mend=known.mend)
    if by_name is _LINES:
        return Recognised(_LINES)
    if content.is_text and (known := foreign_text(content.head)) is not None:
        raise FormatMagic(f"{content.path} is {known.what}, which is not read", mend=known.mend)
    if content.is_divided(said, _LINES):
        return Recognised(_LINES, "its content is text, and one character divides its lines into cells")
    return None


def _as_text(where: Place, said: Said, content: _Content) -> Recognised:
    if not content.size:
        is_inside = isinstance(where, Unpacked)
        raise EmptyInput(f"{where.path} {'holds a file of' if is_inside else 'has'} 0 bytes")
    kind = content.text(said)
    if kind is Text.LINES:
        because = "its content is text; no delimiter was seen, so that each line is one cell (a layout would cut it)"
        return Recognised(_LINES, because)
    ending = PurePosixPath(names_of(where)[0]).suffix
    name = f"ends in {ending!r}" if ending else "has no extension"
    what = "is one line of text" if kind is Text.PLAIN else "is no text, and begins as no file that is known does"
    raise FormatExtension(f"{where.path} {name}, and its content {what}")


@dataclass(frozen=True)
class _Content:
    """What a file begins and ends with."""

    path: Path
    head: bytes
    tail: bytes
    size: int  #: of the file

    @classmethod
    def of(cls, where: Place) -> _Content:
        """Read it."""
        size = where.identity.size if isinstance(where, StoredObject) else _HEAD_BYTES
        descriptor = open_read(where, [(0, _HEAD_BYTES), (size - _HEAD_BYTES, size)])
        try:
            size = FileIdentity.of(descriptor).size
            with reading(str(where.path)):
                head = os.pread(descriptor, _HEAD_BYTES, 0)
                tail = os.pread(descriptor, _HEAD_BYTES, size - _HEAD_BYTES) if size > _HEAD_BYTES else head
        finally:
            os.close(descriptor)
        return cls(where.path, head, tail, size)

    def magic(self, kind: Format[Any] | None) -> bool:
        """Whether it begins as the files of a format do."""
        return kind is not None and self.head.startswith(kind.magics)

    @cached_property
    def is_text(self) -> bool:
        """Whether it is text, as far as nobody says otherwise."""
        return bool(self.head) and b"\0" not in self.head

    def text(self, said: Said) -> Text:
        """How much of a table it is."""
        whole = len(self.head) == self.size
        return kind_of_text(self.head, said.encoding, said.delimiter, is_whole=whole)

    def is_divided(self, said: Said, kind: Format[Any] | None) -> bool:
        """Whether it is lines of cells, where a format has such."""
        return kind is _LINES and self.text(said) is Text.CELLS


def _is_there(where: Place, beside: str) -> bool:
    try:
        return not is_folder(where.sibling(beside))
    except EtlError:  # nothing, or what no job would read
        return False
