"""Which padded texts are null, against Python's own stripping, up to the last byte that there is."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.records import NullTexts
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded

_FEW = st.sampled_from(b"a@ \0")


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[bytes], bytes, bytes]:
    """Fields of one width, the blank they are padded with, and the text that is null."""
    width = draw(st.integers(1, 34))
    blank = draw(st.sampled_from([b" ", b"@"]))
    text = draw(st.lists(_FEW, max_size=width).map(bytes))
    padded = st.sampled_from([text.ljust(width, b"\0"), text.ljust(width, blank)])
    any_text = st.lists(_FEW, min_size=width, max_size=width).map(bytes)
    return draw(st.lists(st.one_of(padded, any_text), min_size=1, max_size=40)), blank, text


def trimmed(field: bytes, blank: bytes) -> bytes:
    return field.rstrip(b"\0") if field.endswith(b"\0") else field.rstrip(blank)


@settings(max_examples=examples(200), deadline=None)
@given(fields(), st.integers(0, 5))
@example(([b"  ", b"\0\0", b" a", b"a "], b" ", b""), 0)
@example(([b"ab", b"a ", b"b\0"], b" ", b"a"), 3)
def test_a_text_is_null_where_it_is_that_text_once_trimmed(case: tuple[list[bytes], bytes, bytes], gap: int) -> None:
    stored, blank, text = case
    width = len(stored[0])
    memory = guarded(b"".join(b"a" * gap + field for field in stored))
    null_texts = NullTexts()
    flags = [np.full(len(stored), 7, np.uint8) for _ in range(2)]
    for number, null in enumerate((text, b"@a")):
        line = (int(memory.ctypes.data) + gap, width + gap, width, blank[0])
        null_texts.add(line, np.frombuffer(null, np.uint8).copy(), flags[number])
    null_texts.find(len(stored))
    for found, null in zip(flags, (text, b"@a"), strict=True):
        assert found.tolist() == [int(trimmed(field, blank) != null) for field in stored]
