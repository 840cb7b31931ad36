"""The plan of a binary input: every record once, in order, whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path, PurePosixPath

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.binary_input import BinaryInput, plan
from etl_batch.formats.format import MAX_SPAN_BYTES
from etl_batch.layouts.layout import Field, Layout
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB, Span
from tests.helpers.chance import examples


def binary_input(size: int, record_size: int, header: int = 0, trailer: int = 0) -> BinaryInput:
    layout = Layout(
        record_size=record_size,
        header_bytes=header,
        trailer_bytes=trailer,
        fields=(Field(name="a", type="u8", offset=0, length=1),),
    )
    identity = FileIdentity(device=1, inode=1, size=size, mtime_ns=0)
    return BinaryInput(3, Place(Path("/"), PurePosixPath("input.bin")), identity, layout)


record_sizes = st.one_of(
    st.integers(1, 300), st.integers(1, 1 * MIB), st.sampled_from([MAX_SPAN_BYTES, MAX_SPAN_BYTES + 1])
)


@st.composite
def inputs_and_chunks(draw: st.DrawFn) -> tuple[BinaryInput, int]:
    """An input of at most some hundred spans, and a size of chunks that may be anything else."""
    record_size = draw(record_sizes)
    header, trailer = draw(st.integers(0, 500)), draw(st.integers(0, 500))
    chunk_records = draw(st.integers(1, 200))
    chunk_bytes = draw(st.one_of(st.just(chunk_records * record_size), st.integers(1, 400 * MIB)))
    rows = draw(st.integers(0, 100)) * max(chunk_bytes // record_size, 1) + draw(st.integers(0, 50))
    rows = min(rows, 300 * max(min(chunk_bytes, MAX_SPAN_BYTES) // record_size, 1))
    surplus = draw(st.integers(0, record_size - 1))
    return binary_input(header + rows * record_size + surplus + trailer, record_size, header, trailer), chunk_bytes


@settings(max_examples=examples(300), deadline=None)
@given(inputs_and_chunks(), st.integers(0, 99), st.integers(0, 99))
@example((binary_input(0, 12), 1), 0, 0)
@example((binary_input(40 * MIB, 12), 64 * MIB), 0, 0)
@example((binary_input(5, 4, header=3, trailer=10), 64), 0, 0)
def test_spans_cover_every_record_exactly_once(case: tuple[BinaryInput, int], ordinal: int, part: int) -> None:
    source, chunk_bytes = case
    spans = plan(source, chunk_bytes, ordinal, part)
    size, header = source.layout.record_size, source.layout.header_bytes
    at = header
    for number, span in enumerate(spans):
        assert span.source == 3
        assert span.ordinal == ordinal + number
        assert span.start == at
        assert span.stop > span.start
        assert (span.stop - span.start) % size == 0
        assert span.first_row == (at - header) // size
        at = span.stop
    assert at == header + source.rows * size
    assert source.identity.size - source.layout.trailer_bytes - at < size


@settings(max_examples=examples(300), deadline=None)
@given(inputs_and_chunks())
def test_no_span_is_longer_than_the_limit_unless_one_record_is(case: tuple[BinaryInput, int]) -> None:
    source, chunk_bytes = case
    limit = max(min(chunk_bytes, MAX_SPAN_BYTES), source.layout.record_size)
    assert all(span.stop - span.start <= limit for span in plan(source, chunk_bytes, 0, 0))


@settings(max_examples=examples(300), deadline=None)
@given(inputs_and_chunks(), st.integers(0, 9))
def test_a_chunk_is_a_part(case: tuple[BinaryInput, int], first_part: int) -> None:
    source, chunk_bytes = case
    spans = plan(source, chunk_bytes, 0, first_part)
    size = source.layout.record_size
    chunk = max(chunk_bytes // size, 1) * size
    lengths: dict[int, int] = {}
    for span in spans:
        lengths[span.part] = lengths.get(span.part, 0) + span.stop - span.start
    assert list(lengths) == list(range(first_part, first_part + len(lengths)))
    assert all(length == chunk for length in list(lengths.values())[:-1])
    assert all(length <= chunk for length in lengths.values())
    assert all(one.part <= other.part for one, other in pairwise(spans))


def test_an_input_by_example() -> None:
    source = binary_input(2 + 7 * 10 + 1, 10, header=2)
    assert source.surplus_bytes == 1
    assert plan(source, 39, 5, 8) == [
        Span(ordinal=5, source=3, start=2, stop=32, first_row=0, rows=3, part=8),
        Span(ordinal=6, source=3, start=32, stop=62, first_row=3, rows=3, part=9),
        Span(ordinal=7, source=3, start=62, stop=72, first_row=6, rows=1, part=10),
    ]
