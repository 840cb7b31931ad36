"""What the first bytes of a file say: lines of cells are seen as such, however they are written; nothing else is."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.foreign import foreign, foreign_text
from etl_batch.formats.text_content import Text, kind_of_text

_CELL = st.text(string.ascii_letters + string.digits + " .-äß€", max_size=12)
_MARK = st.sampled_from(",;\t|~^\x1f")
_END = st.sampled_from(["\n", "\r\n", "\r"])
_ENCODING = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    columns = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(_CELL, min_size=columns, max_size=columns), min_size=1, max_size=30))
    return rows, draw(_MARK)


@given(_tables(), _END, _ENCODING)
def test_lines_of_as_many_cells_are_seen_whatever_divides_ends_and_encodes_them(
    table: tuple[list[list[str]], str], end: str, encoding: str
) -> None:
    rows, mark = table
    text = end.join(mark.join(row) for row in rows)
    said = encoding if encoding == "cp1252" else "utf-8"
    assert kind_of_text(text.encode(encoding), said, None, is_whole=True) is Text.CELLS


@given(_tables(), st.integers(0, 400))
def test_a_head_that_is_cut_anywhere_behind_its_first_line_says_the_same(
    table: tuple[list[list[str]], str], cut: int
) -> None:
    rows, mark = table
    content = "".join(mark.join(row) + "\n" for row in rows).encode()
    first = content.index(b"\n") + 1
    head = content[: first + cut % (len(content) - first + 1)]
    assert kind_of_text(head, "utf-8", None, is_whole=len(head) == len(content)) is Text.CELLS


@given(_tables(), st.data())
def test_cells_in_quotes_may_hold_what_divides(table: tuple[list[list[str]], str], data: st.DataObject) -> None:
    rows, mark = table
    inner = data.draw(st.text(f"a{mark}\n", max_size=8))
    quoted = [[f'"{inner}""{cell}"', *others] for cell, *others in rows]
    text = "\n".join(mark.join(row) for row in quoted)
    assert kind_of_text(text.encode(), "utf-8", None, is_whole=True) is Text.CELLS


@given(st.binary(min_size=1, max_size=300), st.integers(0, 299), st.sampled_from([*range(9), 14, 25, 27, 127]))
def test_what_holds_a_control_is_no_text(content: bytes, at: int, control: int) -> None:
    head = content[: at % len(content)] + bytes([control]) + content
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert kind_of_text(head, "utf-8", None, is_whole=True) is Text.NONE


@given(st.lists(st.text(string.ascii_letters + " ", min_size=1).filter(str.strip), min_size=1, max_size=9))
def test_without_a_delimiter_lines_are_lines(lines: list[str]) -> None:
    expected = Text.LINES if len(lines) > 1 else Text.PLAIN
    assert kind_of_text("\n".join(lines).encode(), "utf-8", None, is_whole=True) is expected
    divided = "\n".join(f"a!{line}" for line in lines).encode()
    assert kind_of_text(divided, "utf-8", None, is_whole=True) is expected
    assert kind_of_text(divided, "utf-8", "!", is_whole=True) is Text.CELLS, "the one that somebody gave"


def test_titles_above_and_a_few_broken_lines_do_not_hide_a_table() -> None:
    lines = ["Export", "of 2024, by ann", *["a;b;c"] * 6, "broken", "note: none"]
    assert kind_of_text("\n".join(lines).encode(), "utf-8", None, is_whole=True) is Text.CELLS
    assert kind_of_text("\n".join(lines[:5]).encode(), "utf-8", None, is_whole=True) is Text.CELLS
    prose = "It was, they say, late.\nNobody came\nExcept, perhaps, one, who left\nagain\nand again\n"
    assert kind_of_text(prose.encode(), "utf-8", None, is_whole=True) is Text.LINES


@given(st.text(string.ascii_lowercase + string.digits + ' ,;|\t\n"', max_size=300))
def test_no_table_of_plain_text_is_foreign(text: str) -> None:
    assert foreign(text.encode(), text.encode(), len(text)) is None
    assert foreign_text(text.encode()) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_an_error(content: bytes) -> None:
    for encoding in ("utf-8", "cp037", "utf-16", "shift_jis"):
        kind_of_text(content, encoding, None, is_whole=False)
    foreign(b"PK\x03\x04" + content, content, len(content))
    foreign(b"MZ" + content, content, len(content))
    foreign_text(content)
