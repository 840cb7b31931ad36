"""Records of several lines: any that a slow writer made are read, span by span, and each bad one is named."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.arranged import LaidOut
from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
from etl_batch.formats.framed.arranging import arranged
from etl_batch.formats.framed.frames import Found, Stretch
from etl_batch.formats.framed.line_framer import LineFramer
from etl_batch.layouts.first_lines import told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.line_reasons import laid_out_line, problem_of_line
from etl_batch.layouts.lines import Lines, lines_of
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text
from etl_batch.values import Span

ENCODINGS = st.sampled_from(("utf-8", "cp037", "ascii"))
WIDTHS = st.lists(st.integers(0, 6), min_size=2, max_size=4)


def layout_of(widths: list[int], encoding: str) -> Layout:
    """A layout with a text in each line that has columns; its last one holds a number where it has room."""
    fields, at = [], 0
    for number, width in enumerate(widths):
        if width:
            fields.append(f'[[field]]\nname = "c{number}"\ntype = "str"\noffset = {at}\nlength = {width}\n')
        at += width
    toml = f'lines = {widths}\ncolumns = "bytes"\nencoding = "{encoding}"\n{"".join(fields)}'
    layout = parse_layout(toml, "x.toml")
    assert parse_layout(layout_text(layout), "printed") == layout
    return layout


def lines_in(layout: Layout) -> Lines:
    assert layout.lines is not None
    return layout.lines


def found_in(content: bytes, start: int, end: int, layout: Layout) -> Found:
    raw = np.frombuffer(content + b"\n", np.uint8)[:-1]
    return LineFramer(lines_in(layout)).find(Stretch(raw, start, end))


def batch_of(content: bytes, start: int, layout: Layout) -> LaidOutBatch:
    found = found_in(content, start, start + len(content), layout)
    assert found.next == start + len(content)
    span = Span(0, 0, start, start + len(content), 0, found.frames.count)
    return LaidOutBatch(layout, span, LaidOut(arranged(found.frames, layout), found.frames))


@given(st.data(), WIDTHS.filter(any), ENCODINGS)
def test_what_was_written_is_read_span_by_span(data: st.DataObject, widths: list[int], encoding: str) -> None:
    layout = layout_of(widths, encoding)
    rows = data.draw(st.lists(st.tuples(*(st.text("abc", max_size=width) for width in widths)), max_size=6))
    end = "\n".encode(encoding) if encoding != "cp037" else data.draw(st.sampled_from((b"\x15", b"\x25")))
    end = data.draw(st.sampled_from((b"\r", b""))) + end
    records = [end.join(cell.encode(encoding) for cell in row) for row in rows]
    content = b"".join(record + end for record in records)
    if rows and rows[-1][-1] and data.draw(st.booleans()):
        content = content[: -len(end)]
    content += data.draw(st.sampled_from((b"", end, "\x1a".encode(encoding))))
    layout = told_lines(layout, lines_in(layout), content, content[-100:], len(content)).layout
    content = content[: len(content) - layout.trailer_bytes]
    whole = batch_of(content, 0, layout)
    named = [number for number, width in enumerate(widths) if width]
    assert [tuple(row.values()) for row in whole.table().to_pylist()] == [
        tuple(row[number] for number in named) for row in rows if any(row)
    ]
    empty = {number: "all lines of the record are empty" for number, row in enumerate(rows) if not any(row)}
    assert whole.laid_out.arranged.reasons == empty
    for place in [int(one) for one in found_in(content, 0, len(content), layout).frames.places]:
        both = [*batch_of(content[:place], 0, layout).table().to_pylist()]
        both += batch_of(content[place:], place, layout).table().to_pylist()
        assert both == whole.table().to_pylist()


@given(
    WIDTHS.filter(any), st.lists(st.sampled_from((b"", b"a", b" b ", b"abcdefgh", b"abc      ", b"\r")), max_size=11)
)
def test_each_record_is_laid_out_or_refused_as_it_is_by_itself(widths: list[int], noise: list[bytes]) -> None:
    layout = layout_of(widths, "ascii")
    content = b"".join(line + b"\n" for line in noise)
    lines, each = lines_in(layout), len(widths)
    found = batch_of(content, 0, layout).laid_out
    groups = [noise[at : at + each] for at in range(0, len(noise), each)]
    if groups and len(groups[-1]) < each and not any(line.strip(b"\r") for line in groups[-1]):
        del groups[-1]
    records = [b"\n".join(group).removesuffix(b"\r") for group in groups]
    assert [found.lying.raw(number) for number in range(len(records))] == records
    assert [content[one.start : one.start + one.length] for one in lines_of(content, 0, len(content), lines, 99)] == (
        records
    )
    problems = {number: problem_of_line(record, layout, lines) for number, record in enumerate(records)}
    assert found.arranged.reasons == {number: problem for number, problem in problems.items() if problem}
    laid = [laid_out_line(records[number], layout, lines) for number in found.arranged.places.tolist()]
    assert [row.tobytes() for row in found.arranged.records.bytes] == laid


@given(WIDTHS.filter(any), st.lists(st.sampled_from((b"", b"a", b"bc")), max_size=9), st.data())
def test_a_stretch_that_ends_within_a_record_leaves_it_to_the_next(
    widths: list[int], texts: list[bytes], data: st.DataObject
) -> None:
    layout = layout_of(widths, "ascii")
    content = b"".join(text + b"\n" for text in texts)
    cut = data.draw(st.integers(0, len(content)))
    first = found_in(content[:cut], 0, len(content), layout)
    rest = found_in(content[first.next :], first.next, len(content), layout)
    every = found_in(content, 0, len(content), layout)
    assert [*first.frames.places, *rest.frames.places] == [*every.frames.places]
    raw = [found.frames.raw(number) for found in (first, rest) for number in range(found.frames.count)]
    assert raw == [every.frames.raw(number) for number in range(every.frames.count)]
    known = lines_of(content[:cut], 0, len(content), lines_in(layout), 99)
    assert known == [one for one in lines_of(content, 0, len(content), lines_in(layout), 99) if one.behind <= cut]
