"""Files of every format, written by a plain twin: all records are found, in spans and by a walk of any size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.framed import walk as walking
from etl_batch.formats.framed.framed_input import FramedInput
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.formats.framed.walk import Ways, walk
from etl_batch.layouts.chains import chain, whole_records
from etl_batch.layouts.framing import framing_of
from etl_batch.layouts.layout import Field, Layout, with_framing
from etl_batch.options.record_framing import RecordFormat, SaidLength
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import place
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded
from tests.helpers.record_files import Pick, Written, in_micro_focus, in_v, in_vb, in_vbs, in_vs

FORMATS = [RecordFormat.V, RecordFormat.VB, RecordFormat.VS, RecordFormat.VBS, RecordFormat.MF]
RECORDS = st.lists(st.binary(max_size=60), min_size=1, max_size=25)
LAYOUT = Layout(record_size=60, fields=(Field(name="a", type="u8", offset=0, length=1),))


def written(form: RecordFormat, records: Sequence[bytes], pick: Pick, *, is_wide: bool) -> Written:
    if form is RecordFormat.MF:
        return in_micro_focus(records, is_wide=is_wide)
    if form is RecordFormat.V:
        return in_v(records)
    return {RecordFormat.VB: in_vb, RecordFormat.VS: in_vs, RecordFormat.VBS: in_vbs}[form](records, pick)


def layout_of(form: RecordFormat, *, is_wide: bool) -> Layout:
    said = SaidLength(head=4, bytes=4) if is_wide and form is RecordFormat.MF else SaidLength()
    return with_framing(LAYOUT, framing_of(form, said))


def opened(path: Path, layout: Layout) -> BinaryInput:
    with path.open("rb") as file:
        identity = FileIdentity.of(file.fileno())
    return BinaryInput(0, place(path, [path.parent]), identity, layout)


def framed(path: Path, layout: Layout, chunk_bytes: int) -> FramedInput:
    source = opened(path, layout)
    assert layout.framing is not None
    found = walk(Ways(source, framer_of(layout.framing), chunk_bytes))
    return FramedInput(source, layout.framing, found.rows, found.stop, found.broken, found.edges)


def records_of(source: FramedInput, chunk_bytes: int) -> list[tuple[int, bytes, str | None]]:
    """Of all spans: where each begins, its bytes, what is wrong with it."""
    found: list[tuple[int, bytes, str | None]] = []
    spans = source.plan(chunk_bytes, 0, 0)
    for span in spans:
        with source.read(span) as batch:
            frames = batch.laid_out.lying
            assert isinstance(frames, Frames)
            assert frames.count == span.rows
            assert len(found) == span.first_row
            found += [
                (int(frames.places[number]), frames.raw(number), frames.reasons.get(number))
                for number in range(frames.count)
            ]
    assert [span.stop for span in spans[:-1]] == [span.start for span in spans[1:]]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("framers")


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=examples(60))
@given(records=RECORDS, is_wide=st.booleans(), data=st.data())
def test_every_record_is_found_in_spans_of_any_size(
    folder: Path, form: RecordFormat, records: list[bytes], is_wide: bool, data: st.DataObject
) -> None:
    made = written(form, records, lambda low, high: data.draw(st.integers(low, high)), is_wide=is_wide)
    path = folder / "x.bin"
    path.write_bytes(made.content)
    window, chunk_bytes = data.draw(st.integers(1, 300)), data.draw(st.integers(1, 400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walking, "WINDOW_BYTES", window)
        source = framed(path, layout_of(form, is_wide=is_wide), chunk_bytes)
    assert (source.rows, source.broken) == (len(records), None)
    assert records_of(source, chunk_bytes) == [
        (at, record, None) for at, record in zip(made.places, records, strict=True)
    ]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=examples(60))
@given(records=RECORDS, is_wide=st.booleans(), data=st.data())
def test_garbage_ends_and_is_the_same_however_it_is_read(
    folder: Path, form: RecordFormat, records: list[bytes], is_wide: bool, data: st.DataObject
) -> None:
    """No hang, no byte beyond the file, and the same records and reasons whatever the window and the spans."""
    content = written(form, records, lambda low, high: data.draw(st.integers(low, high)), is_wide=is_wide).content
    at = data.draw(st.integers(128 if form is RecordFormat.MF else 0, len(content)))
    garbage = data.draw(st.binary(max_size=8))
    content[at : at + data.draw(st.integers(0, 8))] = garbage
    path = folder / "x.bin"
    path.write_bytes(content or b"\0")
    layout = layout_of(form, is_wide=is_wide)
    found = set()
    for _ in range(2):
        window, chunk_bytes = data.draw(st.integers(1, 300)), data.draw(st.integers(1, 400))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(walking, "WINDOW_BYTES", window)
            source = framed(path, layout, chunk_bytes)
        listed = records_of(source, chunk_bytes) if source.rows else []
        found.add((tuple(listed), source.rows, source.stop, source.broken))
    assert len(found) == 1


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=examples(60))
@given(records=RECORDS, is_wide=st.booleans(), data=st.data())
def test_the_plain_walk_finds_them_too(
    form: RecordFormat, records: list[bytes], is_wide: bool, data: st.DataObject
) -> None:
    made = written(form, records, lambda low, high: data.draw(st.integers(low, high)), is_wide=is_wide)
    layout, content = layout_of(form, is_wide=is_wide), bytes(made.content)
    assert layout.framing is not None
    found = chain(content, layout.header_bytes, len(content), layout.framing, 1 << 20)
    assert (found.broken, found.stop) == (None, len(content))
    assert list(whole_records(content, found)) == records
    assert [one.place for one in found.records] == made.places
    seen = guarded(content[layout.header_bytes :])
    compiled = framer_of(layout.framing).find(Stretch(seen, layout.header_bytes, len(content), layout.header_bytes))
    assert compiled.frames.places.tolist() == made.places
