"""Which of many records a condition holds for, and fields that are read in those alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_columns import decode_stored
from etl_batch.formats.binary.records import DecodedField, Flags, Records
from etl_batch.kernels.columns import PADDED_TEXTS, Array, Column, Kind
from etl_batch.layouts.conditions import AtEnd, Comparison, Condition, End, OfLength, Operator, Term, Value
from etl_batch.layouts.layout import KEPT_BLANKS, MAX_DECIMAL_DIGITS, TRIMMED_BOTH, TRIMS
from etl_batch.layouts.padding import padding_of_field
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field
    from etl_batch.layouts.variants import When

Rows = npt.NDArray[np.bool_]  # shape (rows,)
_EQUAL = Operator.EQUAL
_WORD = 1 << 64
_EXACT = Context(prec=2 * MAX_DECIMAL_DIGITS)
_STRICT = {
    Operator.LESS: Operator.LESS, Operator.LESS_OR_EQUAL: Operator.LESS,
    Operator.MORE: Operator.MORE, Operator.MORE_OR_EQUAL: Operator.MORE,
}  # fmt: skip
_COMPARED: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: np.equal, Operator.DIFFERENT: np.not_equal, Operator.LESS: np.less,
    Operator.LESS_OR_EQUAL: np.less_equal, Operator.MORE: np.greater, Operator.MORE_OR_EQUAL: np.greater_equal,
}  # fmt: skip
_ROUNDED = {Operator.LESS_OR_EQUAL: ROUND_FLOOR, Operator.MORE: ROUND_FLOOR}  #: to whole numbers; else up
_STORED = {
    Kind.I8: "i1", Kind.I16: "<i2", Kind.I32: "<i4", Kind.I64: "<i8", Kind.U8: "u1", Kind.U16: "<u2",
    Kind.U32: "<u4", Kind.U64: "<u8", Kind.F32: "<f4", Kind.F64: "<f8", Kind.BOOL: "u1", Kind.DECIMAL_64: "<i8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which records of a file some in memory are."""

    first: int  #: of them, from 0
    count: int  #: records of the file; 0: which is the last is not known
    lengths: npt.NDArray[np.uint32] | None = None  #: shape (rows,): bytes of each as it stands there; None: all alike
    is_padded: bool = False  #: what one lacks at its end is blanks, and no missing field

    def has(self, field: Field) -> Rows | np.bool_:
        """Of each record whether it has all of a field."""
        if self.lengths is None or self.is_padded:
            return np.True_
        return np.asarray(self.lengths >= field.offset + field.length)


def holds(condition: Condition, fields: Mapping[str, Field], records: Records, stretch: Stretch | None = None) -> Rows:
    """Of each record whether the condition holds.

    A field whose value is bad, or that a record ends before, is not compared: no term about it holds. A null is none of
    any values.

    Args:
        condition: settled for the fields.
        fields: at least those that it names.
        records: in memory.
        stretch: which they are; wanted where the condition is about the first, the last, or lengths that differ.
    """
    found = np.zeros(records.rows, np.bool_)
    for terms in condition.any_of:
        all_of_it = np.ones(records.rows, np.bool_)
        for term in terms:
            all_of_it &= _term(term, fields, records, stretch)
        found |= all_of_it
    return found


def rows_with(when: When, records: Records) -> Rows:
    """Of each record whether a field is read in it; none of those in which a value that tells it is bad.

    It is found out once for all fields of the records that are read in the same ones.
    """
    if (found := records.found.get(id(when))) is None:
        fields = {field.name: field for field in when.fields}
        rows = np.ones(records.rows, np.bool_)
        for clause in when.clauses:
            is_met = holds(clause.condition, fields, records)
            rows &= is_met if clause.is_so else ~is_met & _compared_well(clause.condition, fields, records)
        found = records.found[id(when)] = (when, rows)  # what is kept has an id that nothing else gets
    return np.asarray(found[1])


def _compared_well(condition: Condition, fields: Mapping[str, Field], records: Records) -> Rows:
    """Of each record whether none of the values that the condition is about is bad."""
    good = np.ones(records.rows, np.bool_)
    for name in condition.names:
        bad = _decoded(fields[name], records).bad
        if bad is not None:
            good &= bad == 0
    return good


def decode_read(field: Field, records: Records) -> DecodedField:
    """Check a field and lay it out as `decode_stored` does. Where it is not read it is null, whatever lies there."""
    decoded = _decode_where_read(field, records)
    return decoded if field.counts is None else _within(field.counts, decoded, records)


def _within(counts: tuple[int, int], decoded: DecodedField, records: Records) -> DecodedField:
    """The same, of a field that counts the occurrences of a table: what is not from the least to the most is bad."""
    field, column, valid = decoded.field, decoded.column, decoded.column.valid
    least, most = counts
    low, high = (
        _numbers(one, column, records.rows, Decimal(end))
        for one, end in ((Operator.LESS, least), (Operator.MORE, most))
    )
    is_null = np.zeros(records.rows, np.bool_) if valid is None else valid == 0
    outside = low | high | is_null
    if field.when is not None:
        outside &= rows_with(field.when, records)
    is_none = None if (bad := decoded.bad) is None else bad != 0

    def find() -> Flags | None:
        found = outside if is_none is None else outside | is_none
        return found.view(np.uint8) if found.any() else None

    def why(row: int) -> str:
        if is_none is not None and is_none[row]:
            return decoded.reason
        said = "nothing" if is_null[row] else f"{whole_numbers(column, records.rows)[row]:,}"
        return f"it says that a table occurs {said} times, and {least} to {most} are allowed"

    return replace(decoded, find_bad=find, of_row=why, is_seen=False)


def whole_numbers(column: Column, rows: int) -> npt.NDArray[np.int64]:
    """The values of a column of whole numbers; of more than 64 bits the lowest of them."""
    if column.kind is Kind.DECIMAL_128:
        return np.asarray(column.owners[0][:rows, 0].view(np.int64))
    if not rows:
        return np.empty(0, np.int64)
    values: Array = np.ndarray((rows,), _STORED[column.kind], column.owners[0], column.width, (column.stride,))
    return values.astype(np.int64)


def _decode_where_read(field: Field, records: Records) -> DecodedField:
    rows = None if field.when is None else rows_with(field.when, records)
    if rows is None or rows.all():
        return decode_stored(field, Records(records.bytes, records.null_texts))
    own = records.raw(field).copy()
    own[~rows] = np.frombuffer(padding_of_field(field), np.uint8)
    alone = (replace(field, offset=0, length_at=None, when=None), Records(own))
    if field.length_at is not None:
        rows = rows & (records.lengths(field.length_at) > field.offset)
    decoded = decode_stored(*alone)
    valid = rows.astype(np.uint8)
    if decoded.column.valid is not None:
        valid &= decoded.column.valid
    return replace(decoded, field=field, column=replace(decoded.column, valid=valid), own=alone)


def _term(term: Term, fields: Mapping[str, Field], records: Records, stretch: Stretch | None) -> Rows:
    if isinstance(term, Comparison):
        field = fields[term.name]
        found = _comparison(term, field, records)
        return found if stretch is None else found & stretch.has(field)
    if isinstance(term, OfLength):
        lengths: Array = np.array([records.stride])
        if stretch is not None and stretch.lengths is not None:
            lengths = stretch.lengths.astype(np.int64)
        return np.broadcast_to(_any(term.operator, lengths, term.lengths, _compared), records.rows)
    return _at_end(term, records.rows, stretch)


def _at_end(term: AtEnd, rows: int, stretch: Stretch | None) -> Rows:
    if stretch is None:
        raise RuntimeError(f"which record is the {term.end.value} one is not known here")
    numbers = np.arange(stretch.first, stretch.first + rows)
    found = numbers == (0 if term.end is End.FIRST else stretch.count - 1)
    return np.asarray(found if term.is_so else ~found)


def _any(operator: Operator, values: Array, wanted: tuple[Any, ...], compared: Callable[..., Rows]) -> Rows:
    """Of each value whether it is one of some; DIFFERENT: none of them."""
    is_not = operator is Operator.DIFFERENT
    one = Operator.EQUAL if is_not else operator
    found = np.zeros(len(values), np.bool_)
    for value in wanted:
        found |= compared(one, values, value)
    return ~found if is_not else found


def _compared(operator: Operator, values: Array, value: object) -> Rows:
    return np.asarray(_COMPARED[operator](values, value))


def _comparison(term: Comparison, field: Field, records: Records) -> Rows:
    """Of each record whether its field compares so. Bytes are compared whatever they are, good or bad, null or not."""
    raw = records.raw(field)
    if all(isinstance(value, bytes) for value in term.values):
        return _any(term.operator, raw, term.values, _is_stored)
    decoded = _decoded(field, records)
    bad, valid, column = decoded.bad, decoded.column.valid, decoded.column
    if field.type == "str" and field.trim == KEPT_BLANKS:
        column = _without_trailing_blanks(field, records)
    is_good = np.ones(records.rows, np.bool_) if bad is None else bad == 0
    is_there = is_good if valid is None else is_good & (valid != 0)

    def compared(operator: Operator, raw: Array, value: Value) -> Rows:
        if isinstance(value, bytes):
            return _is_stored(operator, raw, value)
        if isinstance(value, str):
            text = value.strip(" ") if field.trim == TRIMMED_BOTH else value
            return is_there & _is_text(column, raw, text.encode())
        return is_there & _numbers(operator, column, records.rows, value)

    return is_good & _any(term.operator, raw, term.values, compared)


def _without_trailing_blanks(field: Field, records: Records) -> Column:
    """The texts of a field that keeps its blanks as they are compared: whoever writes a condition leaves these out."""
    return decode_stored(replace(field, trim=TRIMS[0]), Records(records.bytes)).column


def _decoded(field: Field, records: Records) -> DecodedField:
    """As `decode_read`, nulls being wanted now; once for all conditions on the records."""
    if (found := records.found.get(id(field))) is None:
        its = Records(records.bytes, found=records.found)
        found = records.found[id(field)] = (field, decode_read(field, its))
    decoded: DecodedField = found[1]
    return decoded


def _is_stored(_: Operator, raw: Array, value: bytes) -> Rows:
    return np.asarray((raw == np.frombuffer(value, np.uint8)).all(axis=1))


def _is_text(column: Column, raw: Array, text: bytes) -> Rows:
    """Whether each is a text, given in UTF-8."""
    if column.kind in PADDED_TEXTS:  # filled up with blanks, or else with NULs
        left = raw.shape[1] - len(text)
        if left < 0:
            return np.zeros(len(raw), np.bool_)
        return _is_stored(_EQUAL, raw, text + b" " * left) | _is_stored(_EQUAL, raw, text + bytes(left))
    offsets, texts = column.owners
    found = np.diff(offsets) == len(text)
    starts = offsets[:-1][found].astype(np.int64)
    found[found] = (texts[starts[:, None] + np.arange(len(text))] == np.frombuffer(text, np.uint8)).all(axis=1)
    return np.asarray(found)


def _numbers(operator: Operator, column: Column, rows: int, value: Decimal) -> Rows:
    if column.kind is Kind.DECIMAL_128:
        return _wide(operator, column.owners[0], value.scaleb(column.extra, _EXACT))
    if not rows:  # NumPy refuses strides over nothing
        return np.empty(0, np.bool_)
    values: Array = np.ndarray((rows,), _STORED[column.kind], column.owners[0], column.width, (column.stride,))
    if column.kind in {Kind.F32, Kind.F64}:
        return _compared(operator, values, values.dtype.type(value))
    return _whole(operator, values, value.scaleb(column.extra, _EXACT) if column.kind is Kind.DECIMAL_64 else value)


def _whole(operator: Operator, values: Array, value: Decimal) -> Rows:
    """Integers compared with a number that may have a fraction: none is equal to it, and it lies between two."""
    rounded = int(value.to_integral_value(_ROUNDED.get(operator, ROUND_CEILING)))
    if operator is Operator.EQUAL and rounded != value:
        return np.zeros(len(values), np.bool_)
    return _compared(operator, values, rounded)


def _wide(operator: Operator, words: Array, value: Decimal) -> Rows:
    """As `_whole`, of integers of 128 bits in two words, the lower first."""
    rounded = int(value.to_integral_value(_ROUNDED.get(operator, ROUND_CEILING)))
    low, high = words[:, 0], words[:, 1].view(np.int64)
    wanted_high, wanted_low = rounded >> 64, rounded & (_WORD - 1)
    is_same = high == wanted_high
    if operator is Operator.EQUAL:
        return np.asarray(is_same & (low == wanted_low) & (rounded == value))
    return np.asarray(
        _compared(_STRICT[operator], high, wanted_high) | (is_same & _compared(operator, low, wanted_low))
    )
