"""Whether what stands behind a table moves that is not full: as somebody said, as the first records tell, or asked."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.errors import Ambiguous, ConfigError
from etl_batch.layouts.counted_records import laid_out
from etl_batch.layouts.layout import Layout
from etl_batch.light_dataclass import dataclass
from etl_batch.options.record_framing import DependingOn

MOST_RECORDS = 1_000
_MEND = (
    "say it: --depending-on fixed, where records have room for all occurrences, or --depending-on moving, where what "
    "stands behind a table follows its last occurrence"
)


@dataclass(frozen=True, slots=True)
class FirstRecords:
    """Of a file of records that a copybook describes."""

    called: str  #: the file, for messages
    records: Sequence[bytes]
    are_framed: bool  #: whether each says its length, so that they may be unequal


def refuse_unframed(layout: Layout, called: str) -> None:
    """Refuse a file in which all behind a table moves, and nothing in front of its records tells how long they are.

    Raises:
        ConfigError: it is one.
    """
    if layout.moves and layout.framing is None:
        raise ConfigError(
            f"{called}: what stands behind a table moves, so that records are of unequal length, and nothing in front "
            "of them says how long each is: that is not read yet",
            mend="transfer the file with the lengths of its records (RDW), or say --depending-on fixed where all have "
            "room for all occurrences",
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
    if first is None or not first.records:
        raise Ambiguous(
            f"{where}: {by} counts the occurrences of a table, and no file tells whether what stands behind it moves "
            "where there are fewer than all",
            mend=_MEND,
        )
    fixed = _read(first.records, layout, moves=False)
    moving = _read(first.records, layout, moves=True) if first.are_framed else None
    told = f"as its first {len(first.records):,} records tell"
    if fixed is not None and (moving is None or moving == fixed):
        if any(len(record) < layout.record_size for record in first.records):
            return False, None  # nothing stands behind what is missing
        return False, f"{first.called}: records have room for all occurrences that {by} counts, {told}"
    if moving is not None and fixed is None:
        return True, f"{first.called}: what stands behind the occurrences that {by} counts follows the last one, {told}"
    ways = "fit in neither way" if fixed is None else "may be read as if what stands behind it moved, and as if not"
    raise Ambiguous(
        f"{first.called}: {by} counts the occurrences of a table by {where}, and the first {len(first.records):,} "
        f"records {ways}",
        mend=_MEND,
    )


def side_by_side(first: FirstRecords, layout: Layout, *, moves: bool) -> bytes:
    """Those of the first records that fit, each as it is where all tables are full."""
    size = layout.record_size
    found = (laid_out(record, layout, moves=moves) for record in first.records)
    return b"".join(one.ljust(size, b"\0") for one in found if one is not None)


def _read(records: Sequence[bytes], layout: Layout, *, moves: bool) -> list[bytes] | None:
    """The records, laid out; None: one does not fit."""
    found = [laid_out(record, layout, moves=moves) for record in records]
    every = [one for one in found if one is not None]
    return every if len(every) == len(found) else None
