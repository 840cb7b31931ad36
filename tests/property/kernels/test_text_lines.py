"""Lines of text: the kernels find, refuse and lay out what a plain twin does."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from etl_batch.kernels.columns import Array
from etl_batch.kernels.text_lines import (
    CUT,
    FIELD_WORDS,
    NO_TEXT,
    TOO_LONG,
    arrange_characters,
    count_line_ends,
    flag_long_lines,
    list_lines,
)
from tests.helpers.twins_lines import characters_of, is_cut, is_too_long, lines_of

ENDS = st.sampled_from((b"\n", b"\x15", b"\r"))
#: bytes that lines have, their ends among them, so that many are found
CONTENTS = st.lists(
    st.sampled_from((b"a", b"  ", b"\n", b"\r\n", b"\x15", b"\r", "ä".encode(), b"0123456789" * 9))
).map(b"".join)
BLANK = 0x20


def listed(content: bytes, end: bytes) -> tuple[Array, Array, Array, int]:
    raw = np.frombuffer(content + b"\n\n", np.uint8)[: len(content)]
    start = raw.ctypes.data
    count = int(count_line_ends(start, start + len(raw), end[0]))
    offsets, lengths = np.full(count, 9, np.uint64), np.full(count, 9, np.uint32)
    stop = int(list_lines(start, start + len(raw), end[0], offsets.ctypes.data, lengths.ctypes.data))
    return raw, offsets, lengths, stop


@given(CONTENTS, ENDS)
@example(b"a" * 63 + b"\n" + b"b" * 64 + b"\n", b"\n")
@example(b"\r\n" * 40, b"\n")
def test_lines_are_listed_as_a_split_has_them(content: bytes, end: bytes) -> None:
    _, offsets, lengths, stop = listed(content, end)
    lines, behind = lines_of(content, end)
    assert [(int(at), int(length)) for at, length in zip(offsets, lengths, strict=True)] == [
        (at, len(line)) for at, line in lines
    ]
    assert stop == behind


@given(CONTENTS, ENDS, st.integers(1, 90))
@example(b"a  a\n", b"\n", 1)
def test_lines_that_are_too_long_are_flagged(content: bytes, end: bytes, size: int) -> None:
    raw, offsets, lengths, _ = listed(content, end)
    flags = np.zeros(len(offsets), np.uint8)
    flag_long_lines(
        raw.ctypes.data, offsets.ctypes.data, lengths.ctypes.data, len(offsets), size, BLANK, flags
    )  # fmt: skip
    expected = [TOO_LONG * is_too_long(line, size, BLANK) for _, line in lines_of(content, end)[0]]
    assert flags.tolist() == expected


#: where fields begin behind the one before, how many columns they have, and whether lines may not end within them
FIELDS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12), st.booleans()), min_size=1, max_size=5)
LINES = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab ä€🙂0"), max_size=50).map(str.encode),
        st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"").removesuffix(b"\r")),
    ),
    max_size=6,
)


@given(LINES, FIELDS, st.integers(0, 5), st.integers(2, 4))
@example([b"\x80" * 9, "ä".encode() * 20, b"a" * 40], [(0, 4, True), (3, 20, False)], 0, 2)
def test_characters_are_put_to_their_columns(
    lines: list[bytes], gaps: list[tuple[int, int, bool]], more: int, widest: int
) -> None:
    fields, at, offset = [], 0, 0
    for gap, columns, is_whole in gaps:
        fields.append((at + gap, columns, offset, columns * widest, int(is_whole)))
        at, offset = at + gap + columns, offset + columns * widest
    raw, offsets, lengths, _ = listed(b"".join(line + b"\n" for line in lines), b"\n")
    words = np.array(fields, np.uint64)
    assert words.shape[1] == FIELD_WORDS
    out, flags = np.full((len(lines), offset), 7, np.uint8), np.zeros(len(lines), np.uint8)
    arrange_characters(
        raw.ctypes.data, offsets.ctypes.data, lengths.ctypes.data, len(lines), words.ctypes.data, len(fields),
        at + more, offset, BLANK, out.ctypes.data, flags,
    )  # fmt: skip
    whole = [(first, columns) for first, columns, *_, is_whole in fields if is_whole]
    for line, record, flag in zip(lines, out, flags.tolist(), strict=True):
        characters = characters_of(line)
        cells = [b"".join(characters[first : first + columns]) for first, columns, *_ in fields]
        if any(len(cell) > room for cell, (*_, room, _) in zip(cells, fields, strict=True)):
            assert flag in {NO_TEXT, CUT}
            continue
        cut, long = is_cut(characters, whole), is_too_long(characters, at + more, b" ")
        assert flag == (CUT if cut else TOO_LONG if long else 0)
        assert record.tobytes() == b"".join(cell.ljust(room) for cell, (*_, room, _) in zip(cells, fields, strict=True))
