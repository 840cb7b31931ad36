"""Columns of records that were read: numbers, strata, and what a filter needs.

Plain numbers and texts are read without the compiled kernels, whose loading takes longer than the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.errors import BadRow
from etl_batch.estimate.arrow_values import numbers
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.units.keys import code_keys
from etl_batch.formats.units.unit import Floats, Strata, Summing
from etl_batch.kernels.columns import Array
from etl_batch.layouts.layout import TRIMS

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.binary.records import DecodedField, Records
    from etl_batch.layouts.layout import Field

_PLAIN_NUMBERS = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"}
_LENGTHS = {1, 2, 4, 8}
NUMBERS = _PLAIN_NUMBERS | {"decimal", "packed", "zoned", "bool"}
Naming = Callable[[int], str]  #: where a row that was read lies in the file


def measure(field: Field, records: Array, name: Naming) -> Floats:
    """A field of numbers as floats, null as NaN; shape (rows,).

    Args:
        field: of the type `NUMBERS`.
        records: shape (rows, record_size).
        name: says where a row lies.

    Raises:
        BadRow: a value that its type does not allow.
    """
    if not _is_plain(field):
        return numbers(_arrow(field, records, name))
    if not len(records):
        return np.empty(0)
    kind = np.dtype(f"{'>' if field.big_endian else '<'}{field.type[0]}{field.length}")
    stored: Array = np.ndarray((len(records),), kind, records.data, field.offset, (records.strides[0],))
    values = stored.astype(np.float64)
    if field.null is not None:
        values[stored == kind.type(field.null)] = np.nan
    return values


def _is_plain(field: Field) -> bool:
    """Whether its values are as the machine has them, and one of them at most is a null."""
    is_whole = field.type in _PLAIN_NUMBERS and field.comes_out == field.type and field.length in _LENGTHS
    return (
        is_whole
        and field.length_at is None
        and field.when is None
        and field.counts is None
        and not (field.ibm or field.text or field.nulls or isinstance(field.null, bytes))
    )


def summing(field: Field, records: Array, name: Naming) -> Summing:
    """A field of numbers as it is added up.

    Args:
        field: of the type `NUMBERS`.
        records: shape (rows, record_size), side by side.
        name: says where a row lies.

    Raises:
        BadRow: a value that its type does not allow.
    """
    decoded, _ = _decoded(field, records, name)
    return partial(sums_of, decoded.column)


def stratum_column(field: Field, records: Array, name: Naming) -> Strata:
    """A field as strata: only the values that differ are decoded.

    Raises:
        BadRow: a value that its type does not allow.
    """
    if not len(records):
        return Strata(np.empty(0, np.int64), ())
    if field.table is not None:
        from etl_batch.formats.arrow.nested_json import json_values

        texts: list[str | None] = list(json_values(_arrow(field, records, name)))
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        return Strata(np.array([places[text] for text in texts], np.int64), list(places))
    if field.length_at is not None or field.when is not None or field.counts is not None:
        found = _arrow(field, records, name).dictionary_encode(null_encoding="encode")
        return Strata(found.indices.to_numpy().astype(np.int64), found.dictionary.to_pylist())
    start, size = records.ctypes.data + field.offset, records.strides[0]
    codes, firsts = code_keys(start, len(records), stride=size, length=field.length)
    different = np.ascontiguousarray(records[firsts, field.offset : field.offset + field.length])

    def first_row_of(value: int) -> str:
        return name(int(firsts[value]))

    if field.type == "str" and not field.nulls and field.trim == TRIMS[0]:
        texts = [_text(field, value.tobytes(), number, first_row_of) for number, value in enumerate(different)]
        return Strata(codes, texts)
    return Strata(codes, _arrow(replace(field, offset=0), different, first_row_of).to_pylist())


def condition_table(fields: Sequence[Field], records: Array, name: Naming) -> pa.Table:
    """Some fields as a table.

    Raises:
        BadRow: a value that its type does not allow.
    """
    import pyarrow as pa

    return pa.Table.from_arrays(
        [_arrow(field, records, name) for field in fields], names=[field.name for field in fields]
    )


def _arrow(field: Field, records: Array, name: Naming) -> pa.Array:
    from etl_batch.formats.binary.record_fields import arrow_array

    return arrow_array(*_decoded(field, records, name))


def _decoded(field: Field, records: Array, name: Naming) -> tuple[DecodedField, Records]:
    from etl_batch.formats.binary.record_fields import decode_field
    from etl_batch.formats.binary.records import Records

    own = Records(np.ascontiguousarray(records))
    decoded = decode_field(field, own)
    bad = decoded.bad
    if bad is not None:
        row = int(np.flatnonzero(bad)[0])
        raise _bad(field, name(row), decoded.why_bad(row, own))
    return decoded, own


def _text(field: Field, raw: bytes, number: int, name: Naming) -> str | None:
    """As `record_text` reads a text: without the padding of NULs, or else of blanks."""
    try:
        whole = raw.decode(field.encoding)
    except UnicodeError:
        from etl_batch.formats.binary.records import with_bytes

        raise _bad(field, name(number), with_bytes(f"the text is not {field.encoding}", raw)) from None
    text = whole.rstrip("\0")
    text = text if text != whole else text.rstrip(" ")
    return None if text == field.null else text


def _bad(field: Field, where: str, reason: str) -> BadRow:
    return BadRow(
        f"{where}: field {field.name!r}: {reason}", mend="mend the file, or convert it with --on-bad-row quarantine"
    )
