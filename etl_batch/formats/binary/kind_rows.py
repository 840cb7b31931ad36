"""Records of several types as rows: what a row has beside its own record, and what is kept of those it has it from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.kind_records import KindRecords, Places
from etl_batch.kernels.columns import Array
from etl_batch.layouts.layout import LENGTH_BYTES, Field, Layout, RecordType
from etl_batch.light_dataclass import dataclass

_WHOLE = (1 << 32) - 1  #: bytes of a record that misses nothing


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a record whose fields others carry."""

    number: int  #: within its file, from 0
    raw: bytes  #: those fields, one behind the other, see `handed_fields`
    length: int  #: of the record, where fields behind its end are null
    problem: str | None  #: why it has none to carry; None: it has


def handed_fields(kind: RecordType, types: Sequence[RecordType]) -> tuple[Field, ...]:
    """The fields of a type that records of other types carry, each once."""
    carried = [one for other in types for one in other.carried if one.kind == kind.name]
    return tuple(dict.fromkeys(field for one in carried for _, field in one.fields))


@dataclass(frozen=True, slots=True)
class Handed:
    """What some records hand on."""

    raw: npt.NDArray[np.uint8]  #: shape (records, bytes of the fields)
    lengths: npt.NDArray[np.uint32]  #: shape (records,): see `Held`
    problems: dict[int, str]

    def held(self, place: int, number: int) -> Held:
        """One of them, which has this number in the file."""
        return Held(number, self.raw[place].tobytes(), int(self.lengths[place]), self.problems.get(place))

    def and_one(self, other: Held | None, missing: str | None) -> Handed:
        """With another behind them; where there is none, with why that is bad, or with bytes that nobody reads."""
        if other is None:
            other = Held(-1, bytes(self.raw.shape[1]), _WHOLE, missing)
        raw = np.vstack([self.raw, np.frombuffer(other.raw, np.uint8)[None]])
        problem = {} if other.problem is None else {len(self.raw): other.problem}
        return Handed(raw, np.append(self.lengths, np.uint32(other.length)), self.problems | problem)


def handed(every: KindRecords, places: Places, kind: RecordType, types: Sequence[RecordType]) -> Handed:
    """What some records of a type hand on to others."""
    fields = handed_fields(kind, types)
    laid = every.arranged(places, kind.layout)
    raw = np.zeros((len(places), sum(field.length for field in fields)), np.uint8)
    lengths = np.full(len(places), _WHOLE, np.uint32)
    at = 0
    for field in fields:
        raw[laid.places, at : at + field.length] = laid.records.raw(field)
        at += field.length
    if kind.layout.may_miss_fields:
        said = laid.records.bytes[:, kind.layout.record_size :]
        lengths[laid.places] = np.ascontiguousarray(said).view("=u4")[:, 0]
    problems = {place: f"it would carry fields of {kind.name}: {why}" for place, why in laid.reasons.items()}
    return Handed(raw, lengths, problems)


def row_layout(kind: RecordType) -> Layout:
    """The layout of the rows of a type: its own fields, behind its record those that it carries.

    Behind one that may be missing stands how long the record was, counted from where the field is now.
    """
    size, carried = kind.layout.stored_size, []
    for one in kind.carried:
        for name, field in one.fields:
            behind = size + field.length
            length_at = None if field.length_at is None else behind
            carried.append(replace(field, name=name, offset=size, length_at=length_at))
            size = behind if length_at is None else behind + LENGTH_BYTES
    fields = (*kind.layout.fields, *carried)
    return replace(kind.layout, record_size=size, framing=None, lines=None, fields=fields)


def carried_bytes(field: Field, held: Handed, at: int, new_offset: int) -> Array:
    """A field as the rows have it that carry it, shape (records, bytes): with a length behind it, if it may be missing.

    Args:
        field: of the record that it stands in.
        held: what such records hand on.
        at: where the field stands in that.
        new_offset: where it stands in a row.
    """
    raw = held.raw[:, at : at + field.length]
    if field.length_at is None:
        return raw
    moved = np.clip(held.lengths.astype(np.int64) - field.offset + new_offset, 0, _WHOLE).astype("=u4")
    return np.hstack([raw, moved[:, None].view(np.uint8)])
