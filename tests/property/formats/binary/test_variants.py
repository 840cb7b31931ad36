"""Items that redefine each other: records that a plain twin wrote come back as the reading that it chose, else null."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.text.typed_options import ReadAs, read_as
from tests.helpers.chance import examples
from tests.helpers.copybooks import Item, elementary

#: what the kinds of records read
_READ = {"A": 0, "B": 1, "C": 2, "D": 2, "Z": 0, " ": 0}
_SAID = ("R-0: R-1 when KIND = 'B'", "r-0: r-2 when kind in ('D', 'C')")


@dataclass
class Shape:
    """A book with three readings of the same bytes, perhaps several times."""

    readings: list[list[Item]]
    times: int  #: 0: it is no table

    @property
    def size(self) -> int:
        """Bytes that all readings have."""
        return max(sum(item.size for item in reading) for reading in self.readings)

    def lines(self) -> Iterator[str]:
        """The book."""
        yield "01 R."
        yield "05 FIRST-ONE PIC X."
        yield f"05 G{f' OCCURS {self.times}' if self.times else ''}."
        yield "10 KIND PIC X."
        for number, items in enumerate(self.readings):
            yield f"10 R-{number}{' REDEFINES R-0' if number else ''}."
            yield from (line for item in items for line in item.lines(15))
        yield "05 LAST-ONE PIC X."


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    made = []
    for number in range(3):
        items = [draw(elementary(f"V-{number}-{at}")) for at in range(draw(st.integers(1, 3)))]
        for item in items:
            item.aligned = 1
        made.append(items)
    return Shape(made, draw(st.sampled_from((0, 0, 1, 3))))


def _layout(shape: Shape, said: tuple[str, ...]) -> Layout:
    variants: list[ReadAs] = [read_as(one) for one in said]
    book = read_book("\n".join(shape.lines()), "book", variants)
    return layout_of_book(book, HowStored("cp037")).layout


def _record(shape: Shape, draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[bytes, dict[str, Any]]:
    """A record, and the cells of what is read in it."""
    raw, cells = "1".encode("cp037"), {"FIRST_ONE": "1", "LAST_ONE": "9"}
    for number in range(max(shape.times, 1)):
        suffix = f"_{number + 1}" if shape.times else ""
        kind = draw(st.sampled_from(sorted(_READ)))
        cells[f"KIND{suffix}"] = kind.strip()
        written = b""
        for item in shape.readings[_READ[kind]]:
            value = draw(item.values)
            written += item.write(value, "cp037")
            if item.name:
                cells[item.name.replace("-", "_") + suffix] = value.rstrip() if isinstance(value, str) else value
        left = shape.size - len(written)
        raw += kind.encode("cp037") + written + draw(st.binary(min_size=left, max_size=left))
    return raw + "9".encode("cp037"), cells


@settings(max_examples=examples(60))
@given(st.data())
def test_what_is_read_comes_back_and_all_else_is_null(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    layout = _layout(shape, _SAID)
    written = [_record(shape, data.draw) for _ in range(3)]
    records = Records(np.frombuffer(b"".join(raw for raw, _ in written), np.uint8).reshape(3, -1).copy())
    for field in layout.fields:
        decoded = decode_field(field, records)
        assert decoded.bad is None
        assert arrow_array(decoded, records).to_pylist() == [cells.get(field.name) for _, cells in written], field


@settings(max_examples=examples(30))
@given(shapes())
def test_written_as_toml_it_is_the_same_layout(shape: Shape) -> None:
    for said in (_SAID, ("R-0: both",), ("R-0: R-2", "R-0: R-1 when KIND != 'B'")):
        book = read_book("\n".join(shape.lines()), "book", [read_as(one) for one in said])
        found = layout_of_book(book, HowStored("cp037"))
        again = parse_layout(found.toml(), "x.toml")
        assert (again.fields, again.variants) == (found.layout.fields, found.layout.variants)
        assert [str(field.when) for field in again.fields] == [str(field.when) for field in found.layout.fields]


@settings(max_examples=examples(60))
@given(st.data())
def test_both_are_read_from_the_same_bytes(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    both = _layout(shape, ("R-0: both",))
    alone = [_layout(shape, (f"R-0: R-{number}",)) for number in range(3)]
    records = Records(np.frombuffer(data.draw(st.binary(min_size=both.record_size, max_size=both.record_size)),
                                    np.uint8).reshape(1, -1).copy())  # fmt: skip
    assert {field.name for field in both.fields} == {field.name for one in alone for field in one.fields}
    for field in both.fields:
        other = next(its for one in alone for its in one.fields if its.name == field.name)
        found, expected = decode_field(field, records), decode_field(other, records)
        assert (found.bad is None) == (expected.bad is None)
        if found.bad is None:
            assert arrow_array(found, records).equals(arrow_array(expected, records))


@given(st.binary(min_size=2, max_size=60))
def test_a_condition_that_cannot_be_told_reads_nothing(raw: bytes) -> None:
    """A number that tells the reading may be bad, or null; then the first reading holds where it is null."""
    text = """
record_size = 2
byte_order = "big"
[[field]]
name = "N"
type = "packed"
length = 1
nulls = ["low"]
[[field]]
name = "A"
type = "str"
length = 1
encoding = "latin-1"
[[field]]
name = "B"
type = "u8"
offset = 1
[[variant]]
of = "A"
use = "B"
when = "N > 4"
"""
    layout = parse_layout(text, "x.toml")
    rows = len(raw) // 2
    records = Records(np.frombuffer(raw[: 2 * rows], np.uint8).reshape(rows, 2).copy())
    number, first, second = (decode_field(field, records) for field in layout.fields)
    bad = [False] * rows if number.bad is None else (number.bad != 0).tolist()
    reads = [arrow_array(one, records).is_valid().to_pylist() for one in (first, second)]
    for row, (code, _) in enumerate(records.bytes.tolist()):
        is_good = code == 0 or (code >> 4 < 10 and code & 15 > 9)
        value = None if code == 0 or not is_good else (code >> 4) * (-1 if code & 15 in (11, 13) else 1)
        assert bad[row] == (not is_good)
        assert reads[1][row] == (value is not None and value > 4)
        assert reads[0][row] == (is_good and not (value is not None and value > 4))
