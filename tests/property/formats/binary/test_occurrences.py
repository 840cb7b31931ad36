"""Records whose table becomes rows: what a slow program wrote is read, in spans of any size, bad rows told apart."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.occurrence_input import by_occurrences
from etl_batch.formats.format import Source
from etl_batch.formats.framed.framed_input import FramedInput
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.walk import Ways, walk
from etl_batch.layouts.first_lines import told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.spread import spread
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import place
from etl_batch.values import Rejected
from tests.helpers.chance import examples
from tests.helpers.tables_written import WIDTH, Tables, tables


def source_of(path: Path, layout: Layout, chunk_bytes: int) -> Source:
    with path.open("rb") as file:
        opened = BinaryInput(0, place(path, [path.parent]), FileIdentity.of(file.fileno()), layout)
    if layout.follows is None:
        return by_occurrences(opened)
    if layout.lines is not None:
        told = told_lines(layout, layout.lines, path.read_bytes(), path.read_bytes(), path.stat().st_size).layout
        opened = BinaryInput(0, opened.place, opened.identity, told)
    follows = opened.layout.follows
    assert follows is not None
    found = walk(Ways(opened, framer_of(follows), chunk_bytes))
    opened = BinaryInput(0, opened.place, opened.identity, spread(opened.layout, found.widest))
    follows = opened.layout.follows
    assert follows is not None
    return by_occurrences(FramedInput(opened, follows, found.rows, found.stop, found.broken, found.edges))


def content_of(form: str, written: Tables) -> tuple[bytes, str, list[int]]:
    """A file of these records, what is in front of its layout, and where each record begins."""
    texts = [record.text.encode() for record in written.records]
    if form == "fixed":
        pieces, head, before = texts, f"record_size = {written.size}\n", 0
    elif form == "V":
        pieces = [(len(text) + 4).to_bytes(2) + b"\0\0" + text for text in texts]
        head, before = f'record_format = "V"\nrecord_size = {written.size}\n', 0
    else:
        pieces = [text.rstrip(b" ") + b"\n" for text in texts]
        head, before = "lines = true\n", 0
    starts = [before + sum(map(len, pieces[:number])) for number in range(len(pieces))]
    return b"".join(pieces), head, starts


@pytest.mark.parametrize("form", ["fixed", "V", "lines"])
@settings(max_examples=examples(120), deadline=None)
@given(data=st.data())
def test_each_occurrence_is_a_row(form: str, data: st.DataObject) -> None:
    written = data.draw(tables(wide=form == "lines" and data.draw(st.booleans())))
    content, head, starts = content_of(form, written)
    chunk_bytes = data.draw(st.integers(1, 300))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.bin"
        path.write_bytes(content)
        source = source_of(path, parse_layout(written.toml(head), "x"), chunk_bytes)
        spans = source.plan(chunk_bytes, 0, 0)
        good: list[dict[str, Any]] = []
        bad: list[Rejected] = []
        ids: list[int] = []
        for span in spans:
            with source.read(span) as batch:
                good += batch.table().to_pylist()
                bad += batch.rejected
                own = batch.row_ids()
                ids += own.every.tolist() if own.every is not None else range(own.first, own.first + batch.rows)
                assert batch.rows + len(batch.rejected) == span.rows
    rows = [row for record in written.records for row in record.rows()]
    assert source.rows == len(rows) == sum(span.rows for span in spans)
    assert list(source.names) == written.names
    assert [tuple(row.values()) for row in good] == [row for row in rows if row is not None]
    assert ids == [number for number, row in enumerate(rows) if row is not None]
    expected = [
        (number + 1, starts[number // written.times], f"occurrence {number % written.times + 1} of T: field ")
        for number, row in enumerate(rows)
        if row is None
    ]
    assert [
        (one.row, one.byte, one.reason[: len(why)]) for one, (*_, why) in zip(bad, expected, strict=True)
    ] == expected
    for one in bad:
        assert one.raw == raw_of(form, written, one.row - 1)


def raw_of(form: str, written: Tables, number: int) -> bytes:
    """The record of a row but for its other occurrences; of lines all of it."""
    record, occurrence = divmod(number, written.times)
    text = written.records[record].text.encode()
    if form == "lines":
        return text.rstrip(b" ")
    start, behind = WIDTH * len(written.before), WIDTH * len(written.before) + written.times * written.step
    at = start + occurrence * written.step
    return text[:start] + text[at : at + written.step] + text[behind:]
