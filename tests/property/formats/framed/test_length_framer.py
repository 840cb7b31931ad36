"""What the compiled walk finds is what a plain one finds, in files of records and in any garbage."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.framed.arranging import arranged
from etl_batch.formats.framed.frames import Frames, Stretch
from etl_batch.formats.framed.length_framer import LengthFramer
from etl_batch.layouts.chains import chain
from etl_batch.layouts.framing import Framing, framing_of
from etl_batch.layouts.layout import Field, Layout
from etl_batch.options.record_framing import RecordFormat, SaidLength
from tests.helpers.guarded_memory import guarded

FRAMINGS = st.builds(
    framing_of,
    st.sampled_from([RecordFormat.V, RecordFormat.LENGTH_FIELD]),
    st.builds(
        SaidLength,
        is_big=st.none() | st.booleans(),
        includes_itself=st.none() | st.booleans(),
        at=st.none() | st.integers(0, 5),
        bytes=st.none() | st.integers(1, 8),
        adjust=st.none() | st.integers(-6, 6),
        head=st.none() | st.integers(0, 6),
    ),
)


def written(framing: Framing, records: list[bytes]) -> bytes:
    """Records with their lengths, by what a description of the format says."""
    made = b""
    for body in records:
        whole = bytes(framing.head) + body
        whole += bytes(max(framing.least - len(whole), 0))
        counted = len(whole) - framing.adjust
        if not framing.includes_itself:
            counted -= framing.head or framing.bytes
        if not 0 <= counted < 256**framing.bytes:
            continue
        number = counted.to_bytes(framing.bytes, "big" if framing.is_big else "little")
        made += whole[: framing.at] + number + whole[framing.at + framing.bytes :]
    return made


@given(FRAMINGS, st.lists(st.binary(max_size=40), max_size=12), st.binary(max_size=12), st.data())
def test_records_and_garbage_as_the_plain_walk_finds_them(
    framing: Framing, records: list[bytes], garbage: bytes, data: st.DataObject
) -> None:
    content = written(framing, records) + garbage
    seen = content[: data.draw(st.integers(0, len(content)))]
    start = data.draw(st.sampled_from([0, 7, 1 << 40]))
    found = LengthFramer(framing).find(Stretch(guarded(seen), start, start + len(content)))
    plain = chain(seen, 0, len(content), framing, 1 << 20)
    assert [*zip(found.frames.offsets, found.frames.lengths, found.frames.places, strict=True)] == [
        (one.offset, one.length, start + one.place) for one in plain.records
    ]
    assert found.stop == start + plain.stop
    assert (found.broken is None) == (plain.broken is None)


@given(FRAMINGS, st.lists(st.binary(max_size=40), max_size=12))
def test_what_was_written_is_found(framing: Framing, records: list[bytes]) -> None:
    content = written(framing, records)
    found = LengthFramer(framing).find(Stretch(guarded(content), 0, len(content)))
    assert (found.broken, found.stop) == (None, len(content))
    places = [*found.frames.places.tolist(), len(content)]
    for number, (place, stop) in enumerate(pairwise(places)):
        assert found.frames.raw(number) == content[place + framing.head : stop]


LAYOUT = Layout(
    record_size=12,
    fields=(Field(name="a", type="u16", offset=1, length=2), Field(name="b", type="str", offset=4, length=5)),
)


@given(st.lists(st.binary(max_size=15), max_size=20))
def test_records_are_laid_out_as_a_plain_copy_does(records: list[bytes]) -> None:
    content = guarded(b"".join(records))
    lengths = np.array([len(record) for record in records], np.uint32)
    offsets = np.concatenate([np.zeros(1, np.uint64), np.cumsum(lengths, dtype=np.uint64)])[: len(records)]
    found = arranged(Frames(content, offsets, lengths, offsets), LAYOUT)
    good = [number for number, record in enumerate(records) if 9 <= len(record) <= 12]
    assert sorted(found.reasons) == [number for number in range(len(records)) if number not in good]
    assert (found.kept is None) == (len(good) == len(records))
    rows = [bytes(row) for row in found.records.bytes]
    assert rows == [records[number] + b"\0" * (12 - len(records[number])) for number in good]


def test_no_length_is_believed_that_would_come_back() -> None:
    """Garbage never leads backwards, nor round and round."""
    framing = replace(framing_of(RecordFormat.LENGTH_FIELD, SaidLength(bytes=8)), adjust=-(1 << 20))
    content = guarded(b"\xff" * 64)
    assert LengthFramer(framing).find(Stretch(content, 0, 64)).broken is not None
