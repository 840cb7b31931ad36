"""Which rows of a file are read together: small groups of them are joined, huge ones cut. Pure.

The groups are the row groups of a Parquet file, or the record batches of an Arrow file. Most can only be decoded from
their start on. So whoever reads a piece decodes what is before it, too, and only groups that might not fit into the
memory otherwise are cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Protocol, TypeVar

from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

JOINED_BYTES = 16 * MIB  #: decoded, that small groups are joined to: as much as a span of other formats has
WHOLE_CHUNKS = 4  #: chunks, decoded, up to which a group is read whole
MOST_PIECES = 1000  #: of a group, whatever the footer says


class Group(Protocol):
    """Rows that a file keeps together."""

    @property
    def number(self) -> int:
        """Within the file, from 0."""

    @property
    def first_row(self) -> int:
        """Within the file, from 0."""

    @property
    def rows(self) -> int:
        """How many."""

    @property
    def uncompressed_bytes(self) -> int:
        """As the file has it."""


_Group = TypeVar("_Group", bound=Group)


def groups_of(groups: Sequence[_Group], first_row: int, rows: int) -> list[_Group]:
    """The groups that have some of these rows."""
    first = bisect_right(groups, first_row, key=attrgetter("first_row")) - 1
    stop = bisect_left(groups, first_row + rows, key=attrgetter("first_row"))
    return [group for group in groups[first:stop] if group.rows]


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that are read together: of some whole groups, or of a piece of one."""

    first_row: int  #: within the file, from 0
    rows: int
    weight: int  #: its share of the file: uncompressed bytes


def runs(groups: Sequence[Group], row_bytes: int, chunk_bytes: int, most: int) -> list[Run]:
    """The rows of all groups that have some, in order.

    It depends on the file and on `chunk_bytes` alone, so outputs are the same within any limit of memory.

    Args:
        groups: as the file has them.
        row_bytes: about what a decoded row takes.
        chunk_bytes: about what a piece of a group that is cut takes once it is decoded.
        most: pieces of one group.
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


def _pieces(group: Group, count: int) -> list[Run]:
    """A group in pieces of equal length, but for the last."""
    step = -(-group.rows // count)
    cuts = [*range(0, group.rows, step), group.rows]
    weights = [group.uncompressed_bytes * cut // group.rows for cut in cuts]
    return [
        Run(group.first_row + cuts[place], cuts[place + 1] - cuts[place], weights[place + 1] - weights[place])
        for place in range(len(cuts) - 1)
    ]


def shares(size: int, weights: Sequence[int]) -> list[int]:
    """Where the parts of a file meet that have such shares of its size, from 0 to the size, rising.

    Args:
        size: bytes of the file, no fewer than the parts.
        weights: of each part, none negative. Where one is too light for a byte of its own, all have equal shares.

    Returns:
        `len(weights) + 1` numbers; 0 alone where there are no parts.
    """
    ends = list(accumulate(weights, initial=0))
    bounds = [size * end // max(ends[-1], 1) for end in ends]
    if all(lower < upper for lower, upper in pairwise(bounds)):
        return bounds
    return [size * place // len(weights) for place in range(len(weights) + 1)]
