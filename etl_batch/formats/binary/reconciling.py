"""What the last record of a file says of the others, compared with what they are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal

import numpy as np

from etl_batch.errors import EmptyInput, TrailerMismatch
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.exact_column import sum_of_field
from etl_batch.formats.binary.kind_rows import record_of
from etl_batch.formats.binary.kinds_walk import Seen, added_scale
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.layout import MAX_DECIMAL_DIGITS, RecordType

_EXACT = Context(prec=4 * MAX_DECIMAL_DIGITS)


def refuse_mismatch(source: BinaryInput, seen: Sequence[Seen]) -> None:
    """Compare what the last record says with what was seen.

    Args:
        source: a file of several types of records.
        seen: of all its spans.

    Raises:
        EmptyInput: the file has not as many records as stand at its ends.
        TrailerMismatch: a number of records, or a sum, is another.
    """
    types = source.layout.records
    at_ends = sum(one.end is not None for one in types)
    if source.rows < at_ends:
        raise EmptyInput(f"{source.place.path} has {source.rows} record, where a first and a last one are meant to be")
    last = next((one for one in types if one.reconciled), None)
    if last is None or last.reconciled is None:
        return
    wanted = last.reconciled
    if wanted.rows is not None:
        said, rows = _said(source, last, wanted.rows), Decimal(source.rows - at_ends)
        if said != rows:
            raise _mismatch(source, last, f"{wanted.rows} says {said:,} records, and there are {rows:,}")
    for place, (name, total) in enumerate(wanted.sums):
        scale = added_scale(name, types)
        found = [one.sums[place] for one in seen]
        its, said = _decimal(sum(one.total for one in found), scale), _said(source, last, total)
        if its != said:
            unread = sum(one.unread for one in found)
            but = f" (without {unread:,} records where it is bad, or null)" if unread else ""
            raise _mismatch(source, last, f"{total} says {said:,}, and {name} comes to {its:,}{but}")


def _said(source: BinaryInput, last: RecordType, name: str) -> Decimal:
    field = next(field for field in last.layout.fields if field.name == name)
    raw = np.frombuffer(record_of(source, source.rows - 1), np.uint8)
    found = sum_of_field(field, Records(raw.reshape(1, -1)))
    if found.unread:
        stored = raw[field.offset : field.offset + field.length].tobytes().hex()
        raise _mismatch(source, last, f"{name} is no number: its bytes are {stored}")
    return _decimal(found.total, field.scale)


def _decimal(value: int, scale: int) -> Decimal:
    return Decimal(value).scaleb(-scale, _EXACT)


def _mismatch(source: BinaryInput, last: RecordType, what: str) -> TrailerMismatch:
    return TrailerMismatch(f"{source.place.path}, its last record ({last.name}): {what}")
