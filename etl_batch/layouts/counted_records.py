"""Single records with tables whose occurrences a field counts: what they say, and where all else lies. Pure.

Slow and plain: for the first records of a file, by which is told whether it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl_batch.layouts.count_values import count_in
from etl_batch.layouts.counted import Counted, from_within
from etl_batch.layouts.layout import Field, Layout


def laid_out(record: bytes, layout: Layout, *, moves: bool) -> bytes | None:
    """A record as it is where all tables are full, with gaps behind those that are not.

    Args:
        record: its bytes.
        layout: of it.
        moves: whether what stands behind such a table moves.

    Returns:
        None: a count is none, or the record is not as long as its counts say.
    """
    fields = {field.name: field for field in layout.fields}
    laid = bytearray(record)
    counts: dict[Counted, int] = {}
    for table in from_within(layout.counted):
        counts[table] = 0
        if not all(_number_in(table, one) <= _count(one, fields, laid) for one in _around(table, layout.counted)):
            continue
        count = _count(table, fields, laid)
        if not table.least <= count <= table.most:
            return None
        counts[table] = count
        if moves:
            behind = table.offset + count * table.size
            laid[behind:behind] = bytes((table.most - count) * table.size)
    needed = max((_end(field, counts) for field in layout.fields), default=0)
    return bytes(laid) if needed <= len(laid) <= layout.record_size else None


def _count(table: Counted, fields: Mapping[str, Field], laid: bytearray) -> int:
    """What its count says; below any: it says nothing."""
    field = fields[table.by]
    raw = bytes(laid[field.offset : field.offset + field.length])
    count = count_in(field, raw) if len(raw) == field.length else None
    return -1 if count is None else count


def _around(table: Counted, tables: Sequence[Counted]) -> list[Counted]:
    return [one for one in tables if one != table and one.offset <= table.offset and table.end <= one.end]


def _number_in(table: Counted, outer: Counted) -> int:
    return (table.offset - outer.offset) // outer.size + 1


def _end(field: Field, counts: Mapping[Counted, int]) -> int:
    """Where a field ends that is there; 0: it is not, or only another field tells."""
    its = [table for table in counts if table.holds(field)]
    if any(table.number_of(field) > counts[table] for table in its):
        return 0
    clauses = sum(table.number_of(field) > table.least for table in its)
    is_always = field.when is None or len(field.when.clauses) == clauses
    return field.offset + field.length if is_always else 0
