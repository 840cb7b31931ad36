"""Tables whose occurrences an item counts: what a plain twin wrote comes back, whether all else moves or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.arranged import Arranged
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.formats.framed.arranging import arranged
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.counted_records import laid_out
from etl_batch.layouts.framing import framing_of
from etl_batch.layouts.layout import Layout, with_framing
from etl_batch.layouts.reading import parse_layout
from etl_batch.options.record_framing import RecordFormat, SaidLength
from tests.helpers.chance import examples
from tests.helpers.copybooks import Item, elementary

Draw = Callable[[st.SearchStrategy[Any]], Any]
#: how a count is stored, and how the twin writes it
_COUNTS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "PIC 9(2)": (2, lambda count: f"{count:02}".encode("cp037")),
    "PIC S9(3) COMP-3": (2, lambda count: bytes.fromhex(f"{count:03}c")),
    "PIC 9(4) COMP": (2, lambda count: count.to_bytes(2)),
    "PIC S9(2) SIGN LEADING SEPARATE": (3, lambda count: f"+{count:02}".encode("cp037")),
}


@dataclass
class Table:
    """A table, and in front of it what counts it; or plain items, where it has no bounds."""

    number: int
    bounds: tuple[int, int]
    stored: str
    inner: list[Item | Table] = field(default_factory=list)

    def lines(self, level: int) -> Iterator[str]:
        """Its part of the book."""
        yield f"{level} C-{self.number} {self.stored}."
        least, most = self.bounds
        yield f"{level} T-{self.number} OCCURS {least} TO {most} TIMES DEPENDING ON C-{self.number}."
        for one in self.inner:
            yield from one.lines(level + 1)

    @property
    def size(self) -> int:
        """Bytes, with what counts it, where all of it is there."""
        return _COUNTS[self.stored][0] + self.bounds[1] * sum(one.size for one in self.inner)


@dataclass
class Written:
    """A record as the twin writes it: packed together, with room for all, and what is in it."""

    moving: bytes = b""
    fixed: bytes = b""
    cells: dict[str, Any] = field(default_factory=dict)


def _write(items: list[Item | Table], suffix: str, into: Written, draw: Draw) -> None:
    for one in items:
        if isinstance(one, Item):
            value = draw(one.values)
            raw = one.write(value, "cp037")
            into.moving, into.fixed = into.moving + raw, into.fixed + raw
            if one.name:
                shown = value.rstrip() if isinstance(value, str) else value
                into.cells[one.name.replace("-", "_") + suffix] = shown
            continue
        least, most = one.bounds
        count = draw(st.integers(least, most))
        raw = _COUNTS[one.stored][1](count)
        into.moving, into.fixed = into.moving + raw, into.fixed + raw
        into.cells[f"C_{one.number}{suffix}"] = count
        for number in range(1, count + 1):
            _write(one.inner, f"{suffix}_{number}", into, draw)
        left = (most - count) * sum(its.size for its in one.inner)
        into.fixed += draw(st.binary(min_size=left, max_size=left))


@st.composite
def _items(draw: st.DrawFn, names: Iterator[int], depth: int) -> list[Item | Table]:
    made: list[Item | Table] = []
    for _ in range(draw(st.integers(1, 2))):
        item = draw(elementary(f"V-{next(names)}"))
        item.aligned = 1
        made.append(item)
        if depth < 2 and draw(st.booleans()):
            least = draw(st.integers(0, 1))
            bounds = (least, draw(st.integers(max(least, 1), 3)))
            stored = draw(st.sampled_from(sorted(_COUNTS)))
            made.append(Table(next(names), bounds, stored, draw(_items(names, depth + 1))))
    return made


@st.composite
def _books(draw: st.DrawFn) -> tuple[str, list[Item | Table]]:
    names = iter(range(1_000))
    items = [*draw(_items(names, 0)), Table(next(names), (0, 3), "PIC 9(2)", draw(_items(names, 1)))]
    if draw(st.booleans()):
        items += draw(_items(names, 2))
    lines = ["01 R.", *(line for one in items for line in one.lines(10))]
    return "\n".join(lines), items


def _layout(text: str, *, moves: bool) -> Layout:
    found = layout_of_book(read_book(text, "book"), HowStored("cp037", moves=moves))
    again = parse_layout(found.toml(), "x.toml")
    assert (again.fields, again.counted, again.moves) == (found.layout.fields, found.layout.counted, moves)
    return with_framing(found.layout, framing_of(RecordFormat.V, SaidLength()))


def _arranged(records: list[bytes], layout: Layout) -> Arranged:
    lengths = np.array([len(one) for one in records], np.uint32)
    offsets = np.concatenate([[0], np.cumsum(lengths[:-1])]).astype(np.uint64)
    content = np.frombuffer(b"".join(records), np.uint8)
    return arranged(Frames(content, offsets, lengths, offsets), layout)


def _is_read(records: Records, layout: Layout, written: list[Written]) -> None:
    for its in layout.fields:
        decoded = decode_field(its, records)
        assert decoded.bad is None, its.name
        assert arrow_array(decoded, records).to_pylist() == [one.cells.get(its.name) for one in written], its.name


def _records(items: list[Item | Table], draw: Draw) -> list[Written]:
    written = [Written() for _ in range(3)]
    for one in written:
        _write(items, "", one, draw)
    return written


@settings(max_examples=examples(60))
@given(st.data())
def test_what_is_there_comes_back_and_all_else_is_null(data: st.DataObject) -> None:
    text, items = data.draw(_books())
    written = _records(items, data.draw)
    fixed, moving = _layout(text, moves=False), _layout(text, moves=True)
    _is_read(Records(np.frombuffer(b"".join(one.fixed for one in written), np.uint8).reshape(3, -1)), fixed, written)
    found = _arranged([one.moving for one in written], moving)
    assert (found.kept, found.reasons) == (None, {})
    _is_read(found.records, moving, written)
    for row, one in enumerate(written):
        laid = laid_out(one.moving, moving, moves=True)
        assert laid is not None
        assert len(laid) == len(one.fixed)
        _is_read(Records(np.frombuffer(laid, np.uint8).reshape(1, -1)), fixed, [one])
        assert laid_out(one.fixed, fixed, moves=False) == one.fixed
        assert found.records.bytes[row, :1].tobytes() == laid[:1]


@settings(max_examples=examples(40))
@given(st.data())
def test_counts_alone_tell_where_records_begin(data: st.DataObject) -> None:
    text, items = data.draw(_books())
    written = _records(items, data.draw)
    layout = layout_of_book(read_book(text, "book"), HowStored("cp037", moves=True)).layout
    assert layout.by_counts is not None
    framer = framer_of(layout.by_counts)
    content = b"".join(one.moving for one in written)
    start = data.draw(st.sampled_from([0, 1 << 40]))
    whole = np.frombuffer(content, np.uint8)
    found = framer.find(Stretch(whole, start, start + len(content), first=start))
    assert [found.frames.raw(number) for number in range(found.frames.count)] == [one.moving for one in written]
    assert (found.stop, found.broken) == (start + len(content), None)
    cut = data.draw(st.integers(0, len(content)))
    part = framer.find(Stretch(whole[:cut], start, start + len(content), first=start))
    ends = [0, *np.cumsum([len(one.moving) for one in written]).tolist()]
    if cut < len(content):
        assert (part.stop - start, part.broken) == (max(end for end in ends if end <= cut), None)
    _is_read(arranged(found.frames, layout).records, layout, written)


@settings(max_examples=examples(30))
@given(st.data())
def test_a_record_of_another_length_than_its_counts_say_is_bad(data: st.DataObject) -> None:
    text, items = data.draw(_books())
    layout = _layout(text, moves=True)
    written = _records(items, data.draw)
    records = [one.moving for one in written]
    records[1] = records[1] + b"\x40" if data.draw(st.booleans()) else records[1][:-1]
    is_short = len(records[1]) < len(written[1].moving)
    last = max(its.offset + its.length for its in layout.fields if its.when is None)
    found = _arranged(records, layout)
    if is_short and last < layout.record_size:
        return  # what is missing may be of no field
    assert set(found.reasons) == {1}
    _is_read(found.records, layout, [written[0], written[2]])
    assert laid_out(records[1], layout, moves=True) is None
