"""Whether what stands behind a table moves that is not full: as somebody said, as the first records tell, or asked."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.errors import Ambiguous, ConfigError
from etl_batch.formats.described.framing import Head, first_records
from etl_batch.layouts.counted_records import laid_out
from etl_batch.layouts.counted_walk import ByCounts, CountWalk, walked
from etl_batch.layouts.framing import Framing
from etl_batch.layouts.layout import Layout
from etl_batch.light_dataclass import dataclass
from etl_batch.options.record_framing import DependingOn

MOST_RECORDS = 1_000
_FEW_RECORDS = 4  #: that lead from one to the next, where the end of the file is not seen
_MEND = (
    "say it: --depending-on fixed, where records have room for all occurrences, or --depending-on moving, where what "
    "stands behind a table follows its last occurrence"
)


@dataclass(frozen=True, slots=True)
class FirstRecords:
    """Of a file of records that a copybook describes."""

    called: str  #: the file, for messages
    records: Sequence[bytes]  #: as if they did not move, if none says its length
    moving: Sequence[bytes]  #: as if they moved; none: they do not lead from one to the next then


def first_of(file: Head, framing: Framing | None, layout: Layout) -> FirstRecords:
    """The first records of a file.

    Args:
        file: its first bytes.
        framing: how they follow each other; None: nothing stands in front of them.
        layout: of them.
    """
    size = layout.record_size
    records = first_records(file, framing, size)[:MOST_RECORDS]
    if framing is not None:
        return FirstRecords(file.called, records, records)
    by = ByCounts(size, tuple(field for field in layout.fields if field.counts is not None), layout.counted)
    found = walked(CountWalk(by), file.content, 0, file.size, MOST_RECORDS)
    is_whole = found.broken is None and (found.stop == file.size or len(found.places) >= _FEW_RECORDS)
    moving = [file.content[at : at + length] for at, length in zip(found.places, found.lengths, strict=True)]
    return FirstRecords(file.called, [] if file.size % size else records, moving if is_whole else [])


def refuse_lines(layout: Layout, called: str) -> None:
    """Refuse lines of text in which all behind a table moves.

    Raises:
        ConfigError: they are such.
    """
    if layout.moves and layout.lines is not None:
        raise ConfigError(
            f"{called}: what stands behind a table moves within lines of text, which is not read yet",
            mend="say --depending-on fixed where all lines have room for all occurrences",
        )


def told_moving(said: DependingOn, layout: Layout, where: str, first: FirstRecords | None) -> tuple[bool, str | None]:
    """Whether it moves, and a note where the records tell.

    Args:
        said: what somebody said.
        layout: as if it did not.
        where: the copybook, for messages.
        first: records of a file; None: there is none.

    Raises:
        Ambiguous: nothing tells.
    """
    if not layout.counted or said is not DependingOn.AUTO:
        return said is DependingOn.MOVING and bool(layout.counted), None
    by = layout.counted[0].by
    if first is None or not (first.records or first.moving):
        raise Ambiguous(
            f"{where}: {by} counts the occurrences of a table, and no file tells whether what stands behind it moves "
            "where there are fewer than all",
            mend=_MEND,
        )
    fixed = _read(first.records, layout, moves=False)
    moving = _read(first.moving, layout, moves=True)
    told = f"as its first {len(first.records if fixed is not None else first.moving):,} records tell"
    if fixed is not None and (moving is None or moving == fixed):
        if any(len(record) < layout.record_size for record in first.records):
            return False, None  # nothing stands behind what is missing
        return False, f"{first.called}: records have room for all occurrences that {by} counts, {told}"
    if moving is not None and fixed is None:
        return True, f"{first.called}: what stands behind the occurrences that {by} counts follows the last one, {told}"
    count = max(len(first.records), len(first.moving))
    ways = "fit in neither way" if fixed is None else "may be read as if what stands behind it moved, and as if not"
    raise Ambiguous(
        f"{first.called}: {by} counts the occurrences of a table by {where}, and the first {count:,} records {ways}",
        mend=_MEND,
    )


def side_by_side(first: FirstRecords, layout: Layout, *, moves: bool) -> bytes:
    """Those of the first records that fit, each as it is where all tables are full."""
    size = layout.record_size
    found = (laid_out(record, layout, moves=moves) for record in (first.moving if moves else first.records))
    return b"".join(one.ljust(size, b"\0") for one in found if one is not None)


def _read(records: Sequence[bytes], layout: Layout, *, moves: bool) -> list[bytes] | None:
    """The records, laid out; None: one does not fit."""
    found = [laid_out(record, layout, moves=moves) for record in records]
    every = [one for one in found if one is not None]
    return every if every and len(every) == len(found) else None
