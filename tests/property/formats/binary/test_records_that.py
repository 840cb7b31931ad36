"""Records that a condition holds for, as a plain twin finds them: one after another, values compared by Python."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import Stretch, holds
from etl_batch.layouts.condition_fields import settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.conditions import AtEnd, Comparison, Condition, End, OfLength, Operator, Term, Value, all_of
from etl_batch.layouts.layout import TRIMS, Field, Layout
from tests.helpers import twins
from tests.helpers.chance import examples
from tests.property.formats.binary.test_record_fields import TEXTS, encodable, layouts, random_record

NUMBERS = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "decimal", "packed", "zoned")
EQUALS = (Operator.EQUAL, Operator.DIFFERENT)
FIRST, COUNT = 3, 12


def stored(field: Field, record: bytes) -> bytes:
    return record[field.offset : field.offset + field.length]


def number_of(field: Field, value: twins.Value) -> Fraction | float:
    """A number as somebody reads it."""
    assert isinstance(value, int | float)
    if isinstance(value, float):
        return value if not math.isfinite(value) else Fraction(value)
    return Fraction(value) / (10 ** max(field.scale, 0) if field.type in twins.DECIMALS else 1)


def compared(operator: Operator, one: Fraction | float, other: Fraction | float) -> bool:
    """As the operator says."""
    return {
        Operator.EQUAL: one == other, Operator.LESS: one < other, Operator.LESS_OR_EQUAL: one <= other,
        Operator.MORE: one > other, Operator.MORE_OR_EQUAL: one >= other,
    }[operator]  # fmt: skip


def is_value(operator: Operator, field: Field, record: bytes, value: Value) -> bool:
    """One comparison; a null is like no value."""
    if isinstance(value, bytes):
        return stored(field, record) == value
    there = twins.field_value(field, stored(field, record))
    if there is None:
        return False
    if isinstance(value, str):
        assert isinstance(there, str)
        if field.trim == "none":  # compared as if its trailing blanks, or NULs, were none of its own
            there = there.rstrip("\0") if there.endswith("\0") else there.rstrip(" ")
        return there == (value.strip(" ") if field.trim == "both" else value.rstrip(" "))
    wanted = Fraction(value)
    if field.type == "f32" and not field.ibm:
        rounded = float(np.float32(value))
        return compared(operator, number_of(field, there), Fraction(rounded) if math.isfinite(rounded) else rounded)
    if field.type in {"f32", "f64"}:
        wanted = Fraction(float(value))
    return compared(operator, number_of(field, there), wanted)


def term_holds(term: Term, layout: Layout, record: bytes, row: int, length: int) -> bool:
    if isinstance(term, AtEnd):
        return term.is_so == (FIRST + row == (0 if term.end is End.FIRST else COUNT - 1))
    is_not = term.operator is Operator.DIFFERENT
    one = Operator.EQUAL if is_not else term.operator
    if isinstance(term, OfLength):
        return is_not != any(compared(one, Fraction(length), Fraction(other)) for other in term.lengths)
    field = layout.fields[layout.names.index(term.name)]
    if length < field.offset + field.length:
        return False  # the record ends before it
    if not all(isinstance(value, bytes) for value in term.values):
        try:
            twins.field_value(field, stored(field, record))
        except twins.BadValue:
            return False
    return is_not != any(is_value(one, field, record, value) for value in term.values)


@st.composite
def values(draw: st.DrawFn, field: Field, records: list[bytes], operator: Operator) -> Value:
    """Mostly one that a record has, or one beside it."""
    raw = stored(field, draw(st.sampled_from(records)))
    if field.type == "bytes" or (operator in EQUALS and draw(st.integers(0, 5)) == 0):
        return raw
    try:
        there = twins.field_value(field, raw)
    except twins.BadValue:
        there = None
    if field.type == "str":
        own = [text for text in TEXTS if encodable(text, field.encoding)]
        text = draw(st.sampled_from(own)) if not isinstance(there, str) else there
        return text if len(text.encode(field.encoding)) <= field.length else ""
    if isinstance(there, float):
        there = there if math.isfinite(there) and abs(there) < 1e9 else 0.0
        return Decimal(repr(float(there))).quantize(Decimal("1e-9"))
    number = Decimal(there or 0) if isinstance(there, int | None) else Decimal(0)
    beside = number + draw(st.sampled_from((0, 0, 1, -1)))
    scaled = beside.scaleb(-max(field.scale, 0)) if field.type in twins.DECIMALS else beside
    return scaled + draw(st.sampled_from((Decimal(0), Decimal(0), Decimal("0.5"))))


@st.composite
def terms(draw: st.DrawFn, layout: Layout, records: list[bytes]) -> Term:
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return AtEnd(draw(st.sampled_from(End)), draw(st.booleans()))
    if kind == 1:
        return OfLength(draw(st.sampled_from(Operator)), (draw(st.integers(0, 5)),))
    field = draw(st.sampled_from(layout.fields))
    operator = draw(st.sampled_from(Operator if field.type in NUMBERS else EQUALS))
    several = draw(st.integers(1, 3)) if operator in EQUALS else 1
    return Comparison(
        field.name, operator, tuple(dict.fromkeys(draw(values(field, records, operator)) for _ in range(several)))
    )


@st.composite
def conditions(draw: st.DrawFn, layout: Layout, records: list[bytes]) -> Condition:
    sets = st.lists(terms(layout, records), min_size=1, max_size=3).map(tuple)
    return Condition(tuple(draw(st.lists(sets, min_size=1, max_size=2))))


@given(layouts((*NUMBERS, "str", "bytes")), st.randoms(use_true_random=False), st.data())
@settings(max_examples=examples(300))
def test_records_that_a_condition_holds_for(layout: Layout, chance: random.Random, data: st.DataObject) -> None:
    records = [random_record(layout, chance) for _ in range(data.draw(st.integers(1, COUNT - FIRST)))]
    lengths = np.array([chance.choice((chance.randrange(6), layout.record_size)) for _ in records], np.uint32)
    fields = {field.name: field for field in layout.fields}
    condition = data.draw(conditions(layout, records))
    content = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), -1)
    expected = [
        any(all(term_holds(term, layout, one, row, int(lengths[row])) for term in each) for each in condition.any_of)
        for row, one in enumerate(records)
    ]
    as_written = settled(read_condition(str(condition)), fields)
    found = holds(as_written, fields, Records(content), Stretch(FIRST, COUNT, lengths))
    assert found.tolist() == expected, str(condition)


@given(layouts(("i16", "packed", "f64", "bytes")), st.randoms(use_true_random=False), st.data())
@settings(max_examples=examples(100))
def test_the_opposite_holds_where_a_condition_does_not(
    layout: Layout, chance: random.Random, data: st.DataObject
) -> None:
    """But for values that are bad, no numbers, or null: these are neither less nor more."""
    records = [random_record(layout, chance) for _ in range(6)]
    fields = {field.name: field for field in layout.fields}
    kept = [record for record in records if all(_is_plain(field, record) for field in layout.fields)]
    condition = data.draw(conditions(layout, records))
    content = np.frombuffer(b"".join(kept), np.uint8).reshape(len(kept), layout.record_size)
    stretch = Stretch(FIRST, COUNT)
    found = holds(settled(condition, fields), fields, Records(content), stretch)
    turned = holds(settled(condition.opposite(), fields), fields, Records(content), stretch)
    assert (found != turned).all()
    both = holds(settled(all_of([condition, condition.opposite()]), fields), fields, Records(content), stretch)
    assert not both.any()


def _is_plain(field: Field, record: bytes) -> bool:
    try:
        value = twins.field_value(field, stored(field, record))
    except twins.BadValue:
        return False
    return value is not None and value == value  # noqa: PLR0124 - a float that is no number


@pytest.mark.parametrize("trim", TRIMS)
@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "cp037", "cp1252", "utf-16-be"])
def test_blanks_at_the_end_are_not_compared_in_any_encoding_whatever_is_trimmed(encoding: str, trim: str) -> None:
    field = Field(name="KIND", type="str", offset=0, length=8, encoding=encoding, trim=trim, null="N")
    width = field.length // len("A".encode(encoding))
    content = "".join(text.ljust(width) for text in ("", "A", " A", "N")).encode(encoding)
    records = Records(np.frombuffer(content, np.uint8).reshape(-1, field.length))
    is_both = trim == "both"
    expected = {
        "' '": [True, False, False, False], "'A '": [False, True, is_both, False], "'A'": [False, True, is_both, False],
        "' A'": [False, is_both, True, False], "'N'": [False, False, False, trim == "none"],
    }  # fmt: skip
    for said, holding in expected.items():
        condition = settled(read_condition(f"KIND = {said}"), {"KIND": field})
        assert holds(condition, {"KIND": field}, records).tolist() == holding, said
