"""Rows of any dialect in the plain one: the kernel writes what the twin writes, and stops where it stops."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.shape import Shape
from etl_batch.kernels import plain_copy
from tests.helpers.chance import examples
from tests.helpers.csv_calls import at_end_of_page
from tests.helpers.twins_plain import plain_rows

_ANY = 1 << 40
_UNTOUCHED = 0xA5


def _copied(text: bytes, shape: Shape, *, final: bool, most: int) -> tuple[int, bytes, int]:
    """What the kernel makes of a text behind which nobody may read."""
    base, mark = at_end_of_page(text), np.frombuffer(shape.delimiter.encode() or b"\0", np.uint8)
    room = plain_copy.MOST_GROWTH * len(text) + 64
    out = np.full(room + 256, _UNTOUCHED, np.uint8)
    job = np.zeros(plain_copy.JOB_FIELDS, np.uint64)
    start = int(out.ctypes.data)
    job[plain_copy.AT], job[plain_copy.STOP], job[plain_copy.IS_LAST] = base, base + len(text), final
    job[plain_copy.OUT], job[plain_copy.OUT_LIMIT] = start, start + most
    for field, sign in (("QUOTED_BY", shape.quote), ("ESCAPE", shape.escape), ("COMMENT", shape.comment)):
        job[getattr(plain_copy, field)] = ord(sign) if sign else 0
    job[plain_copy.MARK], job[plain_copy.MARK_BYTES] = mark.ctypes.data, len(shape.delimiter.encode())
    job[plain_copy.FIRST_BYTES] = len(shape.delimiter[:1].encode())
    job[plain_copy.DELIMITER] = ord(shape.plain_delimiter)
    plain_copy.copy_plain(job.ctypes.data)
    assert (out[room:] == _UNTOUCHED).all(), "written past the end of the buffer"
    length = int(job[plain_copy.OUT]) - start
    return int(job[plain_copy.AT]) - base, out[:length].tobytes(), int(job[plain_copy.STATUS])


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Signs that can be told apart."""
    return Shape(
        draw(st.sampled_from([",", ";", "\t", "||", "~|~", "§", "§;", "::"])),
        draw(st.sampled_from(['"', "'", ""])),
        draw(st.sampled_from(["", "\\", "^"])),
        draw(st.sampled_from(["", "#", "%"])),
    )


@st.composite
def texts(draw: st.DrawFn, shape: Shape) -> bytes:
    """Anything, mostly of signs; most of it lines."""
    signs = [shape.delimiter, shape.delimiter[:1], shape.quote, shape.escape, shape.comment, "\n", "\n", "\r\n", "\r"]
    pieces = st.sampled_from([*(sign for sign in signs if sign), *'ab",x1é\x1f'])
    return "".join(draw(st.lists(pieces, max_size=40))).encode()


@settings(max_examples=examples(1500))
@given(st.data(), shapes(), st.booleans(), st.sampled_from([1, 5, 20, _ANY]))
def test_the_kernel_writes_what_the_twin_writes(data: st.DataObject, shape: Shape, final: bool, most: int) -> None:
    text = data.draw(texts(shape))
    assert _copied(text, shape, final=final, most=most) == plain_rows(text, shape, final=final, most=most)


@settings(max_examples=examples(300))
@given(st.data(), shapes())
def test_a_text_in_pieces_is_copied_as_a_whole_one(data: st.DataObject, shape: Shape) -> None:
    """A piece may end anywhere: what is not whole is begun again with more of it."""
    text = data.draw(texts(shape))
    at, out, status = 0, b"", plain_copy.DONE
    for stop in range(len(text) + 1):
        behind, more, status = _copied(text[at:stop], shape, final=stop == len(text), most=_ANY)
        at, out = at + behind, out + more
        if status == plain_copy.BROKEN:
            break
    whole = _copied(text, shape, final=True, most=_ANY)
    assert (out, status == plain_copy.BROKEN) == (whole[1], whole[2] == plain_copy.BROKEN)


@example('"' * 400)
@given(st.text(st.sampled_from('",\n'), max_size=400))
def test_the_room_is_enough(text: str) -> None:
    """Also where each sign has to be quoted: `_copied` fails where it is not."""
    shape = Shape("||", "'")
    assert _copied(text.encode(), shape, final=True, most=_ANY) == plain_rows(
        text.encode(), shape, final=True, most=_ANY
    )
