"""Any fixed-width text that any layout describes decodes to what was written, at once and span by span."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.binary.arranged import LaidOut
from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
from etl_batch.formats.framed.arranging import arranged
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.formats.framed.line_framer import LineFramer
from etl_batch.layouts.first_lines import told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.line_reasons import laid_out_line, problem_of_line
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.spread import needs_room, spread, widest_character
from etl_batch.layouts.toml_text import layout_text
from etl_batch.values import Span
from tests.helpers.written_lines import Written, written_lines


def laid_out(written: Written) -> Layout:
    """The layout as the file has it, with room for its characters."""
    layout = parse_layout(written.toml, "x.toml")
    assert parse_layout(layout_text(layout), "printed") == layout
    assert layout.lines is not None
    told = told_lines(layout, layout.lines, written.content, written.content[-200:], len(written.content)).layout
    return spread(told, widest_character(max(written.content, default=0))) if needs_room(told) else told


def batch_of(content: bytes, start: int, layout: Layout) -> tuple[LaidOutBatch, int]:
    """The rows of some bytes that begin with a line, and where the lines end."""
    assert layout.lines is not None
    raw = np.frombuffer(content + b"\n", np.uint8)[:-1]
    found = LineFramer(layout.lines).find(Stretch(raw, start, start + len(content)))
    assert found.broken is None
    span = Span(0, 0, start, start + len(content), 0, found.frames.count)
    return LaidOutBatch(layout, span, LaidOut(arranged(found.frames, layout), found.frames)), found.stop


def plain(value: Any) -> Any:  # noqa: ANN401 - any cell
    return value.normalize() if isinstance(value, Decimal) else value


@given(written_lines(), st.data())
def test_what_was_written_is_read(written: Written, data: st.DataObject) -> None:
    layout = laid_out(written)
    content = written.content[layout.header_bytes : len(written.content) - layout.trailer_bytes]
    batch, stop = batch_of(content, layout.header_bytes, layout)
    assert stop == layout.header_bytes + len(content)
    rows = batch.table().select(written.names).to_pylist()
    expected = [row for row in written.rows if row is not None]
    assert [tuple(map(plain, row.values())) for row in rows] == [tuple(map(plain, row)) for row in expected]
    empty = [number for number, row in enumerate(written.rows, start=1) if row is None]
    assert [(one.row, one.reason) for one in batch.rejected] == [(number, "the line is empty") for number in empty]
    # the same line by line, as the smallest spans would have it
    frames = batch.laid_out.lying
    assert isinstance(frames, Frames)
    cut = data.draw(st.sampled_from(frames.places.tolist() or [layout.header_bytes]))
    first, _ = batch_of(content[: cut - layout.header_bytes], layout.header_bytes, layout)
    second, _ = batch_of(content[cut - layout.header_bytes :], cut, layout)
    both = [*first.table().to_pylist(), *second.table().to_pylist()]
    assert both == batch.table().to_pylist()


_NOISE = st.lists(st.one_of(st.binary(max_size=6), st.sampled_from((b"  ", b"12", "ä".encode(), b" 7"))), max_size=8)


@given(written_lines(), st.lists(_NOISE.map(b"".join), min_size=1, max_size=5))
def test_lines_are_refused_and_laid_out_as_each_by_itself(written: Written, noise: list[bytes]) -> None:
    layout = laid_out(written)
    lines = layout.lines
    assert lines is not None
    end = bytes([lines.end])
    noise = [line.replace(end, b"").removesuffix(b"\r") for line in noise]
    if not lines.characters:
        noise = [line for line in noise if line.isascii() or not needs_room(layout)]
    if not noise:
        return
    content = b"".join(line + end for line in noise)
    batch, _ = batch_of(content, 0, layout)
    found = batch.laid_out.arranged
    alone = [problem_of_line(line, layout, lines) for line in noise]
    told = {number: problem for number, problem in enumerate(alone) if problem is not None}
    not_text = {number for number, problem in told.items() if problem.startswith("the text is not")}
    assert {number: reason for number, reason in found.reasons.items() if number not in not_text} == {
        number: problem for number, problem in told.items() if number not in not_text
    }
    kept = range(len(noise)) if found.kept is None else found.kept.tolist()
    for number, record in zip(kept, found.records.bytes, strict=True):
        if number not in not_text:
            assert record.tobytes() == laid_out_line(noise[number], layout, lines)
