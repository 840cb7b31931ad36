"""How the records of a file follow each other: as somebody said, else as its first bytes tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from etl_batch.errors import Ambiguous, FormatCorrupt
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.chains import chain, laid_out, whole_records
from etl_batch.layouts.framing import MICRO_FOCUS_HEADER_BYTES, Framing, framing_of
from etl_batch.layouts.layout import Layout
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputReading
from etl_batch.options.record_framing import FIXED, RecordFormat, SaidLength, ShortRecords
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import KIB

_MOST_RECORDS = 10_000
_FEW_RECORDS = 4  #: whose lengths lead from one to the next, where the end of the file is not seen
_HEAD_BYTES = 256 * KIB
#: where an RDW has its length: the first is z/OS's own, the others come from elsewhere
_MICRO_FOCUS = {b"0~\0\0": 2, b"0\0\0|": 4}  # bytes in front of each record, by the first of the header
_SEQUENTIAL = 1
_RDWS = ((True, 0, 2), (False, 0, 4), (False, 2, 2), (True, 0, 4))


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a file."""

    content: bytes
    size: int  #: of the file, but for its trailer
    called: str  #: the file, for messages


def said_framing(stated: Framing | None, config: InputReading) -> Framing | None:
    """What a layout says, and flags say otherwise; None: nothing."""
    said = SaidLength.parse(config.rdw)
    form = config.record_format
    if form in FIXED:
        return framing_of(form, SaidLength())
    if form is RecordFormat.AUTO and config.rdw is None:
        return with_short_records(stated, config)
    if form is RecordFormat.AUTO:
        form = stated.format if stated is not None else RecordFormat.V if said.head != 0 else RecordFormat.LENGTH_FIELD
    base = stated if stated is not None and stated.format is form else framing_of(form, SaidLength())
    given = {name: value for name in SaidLength.__slots__ if (value := getattr(said, name)) is not None}
    return with_short_records(replace(base, **given), config)


def completed(framing: Framing, where: Place) -> Framing:
    """The same with what the file says itself: Micro Focus has it in a header."""
    if not framing.is_micro_focus:
        return framing
    descriptor = open_read(where)
    try:
        with reading(str(where.path)):
            content = os.pread(descriptor, MICRO_FOCUS_HEADER_BYTES, 0)
    finally:
        os.close(descriptor)
    found = micro_focus(Head(content, 0, str(where.path)))
    if found is None:
        raise FormatCorrupt(
            f"{where.path} does not begin with the header of an uncompressed sequential file of Micro Focus COBOL",
            mend="say how its records follow each other: --record-format V, VB, F ...",
        )
    return replace(framing, head=found.head, bytes=found.bytes)


def with_short_records(framing: Framing | None, config: InputReading) -> Framing | None:
    """The same with what flags say of records that end early."""
    if framing is None or config.short_records is ShortRecords.AUTO:
        return framing
    return replace(framing, short_records=config.short_records)


def told_of_odd_size(where: Place, layout: Layout) -> Framing | None:
    """How the records of a file follow each other that does not hold a whole number of them; None: it does, or nothing.

    Raises:
        Ambiguous: there are several ways.
    """
    descriptor = open_read(where)
    try:
        size = FileIdentity.of(descriptor).size
        body = size - layout.header_bytes - layout.trailer_bytes
        if body % layout.record_size == 0:
            return None
        with reading(str(where.path)):
            content = os.pread(descriptor, _HEAD_BYTES, 0)
    finally:
        os.close(descriptor)
    head = Head(content, size - layout.trailer_bytes, str(where.path))
    return told_framing(head, layout.header_bytes, layout.record_size)


def told_in_words(framing: Framing) -> str:
    """What a note says of it."""
    if framing.is_micro_focus:
        return f"its records are of unequal length: {framing.in_words}"
    return (
        f"its records are of unequal length (RECFM {framing.format}): {framing.in_words}, as these lead from one to "
        "the next"
    )


def told_framing(head: Head, start: int, record_size: int) -> Framing | None:
    """How the first bytes say that records follow each other; None: they do not, or all are of one length.

    Args:
        head: the first bytes.
        start: where the first record begins.
        record_size: bytes of a record by what describes it; one that has what is in front of it as fields is fixed.

    Raises:
        Ambiguous: there are several ways.
    """
    if (found := micro_focus(head)) is not None:
        return found
    for form in (RecordFormat.VB, RecordFormat.VBS):
        framing = framing_of(form, SaidLength())
        if _lengths(head, start, framing):
            return framing
    ways = []
    for framing in _usual():
        lengths = _lengths(head, start, framing)
        if lengths and all((length + framing.head) % record_size == 0 for length in lengths):
            return None
        ways += [framing] if lengths else []
    if len(ways) > 1:
        raise Ambiguous(
            f"{head.called}: its records may follow each other in {len(ways)} ways: "
            + "; or ".join(one.in_words for one in ways),
            mend="say which it is: --record-format V --rdw " + " or ".join(map(_typed, ways)),
        )
    segments = framing_of(RecordFormat.VS, SaidLength())
    return ways[0] if ways else segments if _lengths(head, start, segments) else None


def _lengths(head: Head, start: int, framing: Framing) -> set[int]:
    """The lengths of the first records, where these lead from one to the next; none: they do not."""
    chained = chain(head.content, start, head.size, framing, _MOST_RECORDS)
    lengths = {sum(length for _, length in record.pieces) for record in chained.records}
    is_far = len(chained.records) >= _FEW_RECORDS and len(head.content) < head.size
    is_whole = chained.broken is None and (chained.stop == head.size or is_far)
    return lengths if lengths and min(lengths) > 0 and is_whole else set()


def micro_focus(head: Head) -> Framing | None:
    """What a header of Micro Focus COBOL says, of a sequential file that is not compressed; None: it is none."""
    content = head.content
    width = _MICRO_FOCUS.get(content[:4])
    if width is None or len(content) < MICRO_FOCUS_HEADER_BYTES or (content[39], content[41]) != (_SEQUENTIAL, 0):
        return None
    return framing_of(RecordFormat.MF, SaidLength(bytes=width, head=width))


def framed_head(head: Head, framing: Framing, record_size: int) -> bytes:
    """The first records side by side, each of so many bytes; of one that is shorter the rest is zero."""
    start = MICRO_FOCUS_HEADER_BYTES if framing.is_micro_focus else 0
    found = chain(head.content, start, head.size, framing, _MOST_RECORDS)
    return laid_out(whole_records(head.content, found), record_size, bytes(record_size))


def first_records(head: Head, framing: Framing | None, record_size: int) -> list[bytes]:
    """The first records that lie in the head whole, each as it stands there."""
    if framing is None or framing.format in FIXED:
        whole = len(head.content) // record_size * record_size
        return [head.content[at : at + record_size] for at in range(0, whole, record_size)]
    start = MICRO_FOCUS_HEADER_BYTES if framing.is_micro_focus else 0
    return list(whole_records(head.content, chain(head.content, start, head.size, framing, _MOST_RECORDS)))


def _usual() -> Iterator[Framing]:
    for is_big, at, width in _RDWS:
        for includes_itself in (True, False):
            said = SaidLength(is_big=is_big, at=at, bytes=width, includes_itself=includes_itself)
            yield framing_of(RecordFormat.V, said)


def _typed(framing: Framing) -> str:
    words = ["big" if framing.is_big else "little", "self" if framing.includes_itself else "data"]
    words += [f"at={framing.at}"] if framing.at else []
    words += [f"bytes={framing.bytes}"] if framing.bytes != framing_of(framing.format, SaidLength()).bytes else []
    return ",".join(words)
