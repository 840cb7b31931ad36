"""Which rows of a Parquet file are read together: small row groups are joined, huge ones cut. Pure.

A row group can only be decoded from its start on. So whoever reads a piece decodes what is before it, too, and only
row groups that might not fit into the memory otherwise are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl_batch.formats.parquet.footer import RowGroup
from etl_batch.values import MIB

JOINED_BYTES = 16 * MIB  #: decoded, that small row groups are joined to: as much as a span of other formats has
WHOLE_CHUNKS = 4  #: chunks, decoded, up to which a row group is read whole
MOST_PIECES = 1000  #: of a row group, whatever its footer says


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that are read together: of some whole row groups, or of a piece of one."""

    first_row: int  #: within the file, from 0
    rows: int
    weight: int  #: its share of the file: uncompressed bytes of its pages


def runs(groups: Sequence[RowGroup], row_bytes: int, chunk_bytes: int, most: int) -> list[Run]:
    """The rows of all row groups that have some, in order.

    It depends on the file and on `chunk_bytes` alone, so outputs are the same within any limit of memory.

    Args:
        groups: as the footer has them.
        row_bytes: about what a decoded row takes.
        chunk_bytes: about what a piece of a row group that is cut takes once it is decoded.
        most: pieces of one row group.
    """
    found: list[Run] = []
    joined = min(JOINED_BYTES, chunk_bytes)
    room = 0  # decoded bytes that still may join the last run
    for group in groups:
        if not group.rows:
            continue
        size = max(group.uncompressed_bytes, group.rows * row_bytes)
        if size > WHOLE_CHUNKS * chunk_bytes:
            found += _pieces(group, max(1, min(-(-size // chunk_bytes), most)))
            room = 0
        elif size <= room:
            last = found[-1]
            found[-1] = Run(last.first_row, last.rows + group.rows, last.weight + group.uncompressed_bytes)
            room -= size
        else:
            found.append(Run(group.first_row, group.rows, group.uncompressed_bytes))
            room = joined - size
    return found


def _pieces(group: RowGroup, count: int) -> list[Run]:
    """A row group in pieces of equal length, but for the last."""
    step = -(-group.rows // count)
    cuts = [*range(0, group.rows, step), group.rows]
    weights = [group.uncompressed_bytes * cut // group.rows for cut in cuts]
    return [
        Run(group.first_row + cuts[place], cuts[place + 1] - cuts[place], weights[place + 1] - weights[place])
        for place in range(len(cuts) - 1)
    ]
