"""The sum of a field over many records, in whole numbers: nothing is rounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_fields import decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.layouts.layout import Field
from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import has_one_byte_each

_STORED = {
    Kind.I8: "i1", Kind.I16: "<i2", Kind.I32: "<i4", Kind.I64: "<i8", Kind.U8: "u1", Kind.U16: "<u2",
    Kind.U32: "<u4", Kind.U64: "<u8", Kind.DECIMAL_64: "<i8",
}  # fmt: skip
_BLANK, _OTHER = 10, 11  #: what a character is that is no digit
_HALF = 32  #: bits of a word, so that billions of halves are added up in one
_LOWER = (1 << _HALF) - 1


@dataclass(frozen=True, slots=True)
class ExactSum:
    """What the values of a field come to, as stored: without its decimal point."""

    total: int
    unread: int  #: records whose value is bad, or null


def sum_of_field(field: Field, records: Records) -> ExactSum:
    """The sum of a field.

    Args:
        field: of whole numbers or decimals.
        records: all that count.
    """
    return _added(field, records, is_signless=False)


def hash_of_field(field: Field, records: Records) -> ExactSum:
    """The sum of the digits of a field, each value's read as one whole number, without sign and decimal point.

    A text counts as the number that its digits are, with blanks around it; one that is another counts as bad.

    Args:
        field: of numbers, or a text of an encoding whose digits have one byte each.
        records: all that count.
    """
    return _of_digits(field, records) if field.type == "str" else _added(field, records, is_signless=True)


def _added(field: Field, records: Records, *, is_signless: bool) -> ExactSum:
    if not records.rows:
        return ExactSum(0, 0)
    decoded = decode_field(field, Records(records.bytes))
    is_there = np.ones(records.rows, np.bool_)
    if (bad := decoded.bad) is not None:
        is_there &= bad == 0
    if (valid := decoded.column.valid) is not None:
        is_there &= valid != 0
    total = _total(decoded.column, records.rows, is_there, is_signless)
    return ExactSum(total, int(records.rows - is_there.sum()))


def _of_digits(field: Field, records: Records) -> ExactSum:
    alphabet = field.encoding if has_one_byte_each(field.encoding) else "ascii"
    meant = np.full(256, _OTHER, np.uint8)
    meant[" ".encode(alphabet)[0]] = _BLANK
    for digit in range(10):
        meant[str(digit).encode(alphabet)[0]] = digit
    characters = meant[records.raw(field)]
    is_digit = characters < _BLANK
    behind = is_digit[:, ::-1].cumsum(axis=1)[:, ::-1] - is_digit  # digits behind each
    begins = is_digit & ~np.hstack([np.zeros((records.rows, 1), np.bool_), is_digit[:, :-1]])
    is_there = (begins.sum(axis=1) == 1) & ~(characters == _OTHER).any(axis=1)
    its, powers = characters[is_there], behind[is_there]
    total = sum(int(its[(powers == power) & (its < _BLANK)].sum()) * 10**power for power in range(field.length))
    return ExactSum(total, int(records.rows - is_there.sum()))


def _total(column: Column, rows: int, is_there: npt.NDArray[np.bool_], is_signless: bool) -> int:
    if column.kind is Kind.DECIMAL_128:
        words = column.owners[0][:rows][is_there]
        is_below = words[:, 1].view(np.int64) < 0
        above, below = (
            _whole(some[:, 0].view(np.uint64)) + (_whole(some[:, 1].view(np.int64)) << 2 * _HALF)
            for some in (words[~is_below], words[is_below])
        )
    else:
        values: Array = np.ndarray((rows,), _STORED[column.kind], column.owners[0], column.width, (column.stride,))
        wide = values[is_there].astype(np.uint64 if column.kind is Kind.U64 else np.int64)
        above, below = _whole(wide[wide >= 0]), _whole(wide[wide < 0])
    return above - below if is_signless else above + below


def _whole(values: Array) -> int:
    """The sum of words of 64 bits, which may need more than one."""
    kind = values.dtype.type
    return (int((values >> kind(_HALF)).sum(dtype=kind)) << _HALF) + int((values & kind(_LOWER)).sum(dtype=np.uint64))
