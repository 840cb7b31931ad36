"""What the first and the last lines of a file tell that its layout does not say."""

from __future__ import annotations

import pytest

from etl_batch.layouts.first_lines import are_lines, told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.lines import CR, EBCDIC_LF, LF, NEL, FoundLine, Lines, lines_of
from etl_batch.layouts.reading import parse_layout

TOML = """\
lines = true
encoding = "{}"
[[field]]
name = "name"
type = "str"
length = 4
[[field]]
name = "count"
type = "i32"
length = 5
"""


def layout(encoding: str = "utf-8") -> Layout:
    return parse_layout(TOML.format(encoding), "x.toml")


def told(content: bytes, encoding: str = "utf-8", size: int = 0) -> tuple[Layout, Lines, tuple[str, ...]]:
    found = told_lines(layout(encoding), Lines(), content, content[-100:], size or len(content))
    assert found.layout.lines is not None
    return found.layout, found.layout.lines, found.notes


@pytest.mark.parametrize(
    ("content", "encoding", "end"),
    [
        (b"a\nb\n", "utf-8", LF),
        (b"a\r\nb\r\n", "utf-8", LF),
        (b"a\rb\r", "utf-8", CR),
        (b"a\rb\n", "utf-8", LF),
        (b"\xc1\x15\xc2\x15", "cp037", NEL),
        (b"\xc1\x25\xc2\x25\x15", "cp037", EBCDIC_LF),
        (b"", "cp037", NEL),
        (b"", "utf-8", LF),
    ],
)
def test_what_ends_lines(content: bytes, encoding: str, end: int) -> None:
    _, lines, notes = told(content, encoding)
    assert lines.end == end
    assert ("its lines end with" in " ".join(notes)) == (end != LF)


@pytest.mark.parametrize(
    ("tail", "behind"),
    [
        (b"a\n", 0), (b"a", 0), (b"a\n\x1a", 1), (b"a\n\n\n", 2), (b"a\r\n\r\n\x1a\x1a", 4), (b"a\x1a", 1),
        (b"a\n \n", 0), (b"\n\n", 0), (b"\x1a", 1), (b"", 0),
    ],
)  # fmt: skip
def test_what_follows_the_last_line(tail: bytes, behind: int) -> None:
    found, _, notes = told(tail)
    assert found.trailer_bytes == behind
    assert any(f"{behind} bytes behind the end of its last line" in note for note in notes) == bool(behind)


def test_a_byte_order_mark_is_none_of_the_first_line() -> None:
    assert told(b"\xef\xbb\xbfa\n")[0].header_bytes == 3
    assert told(b"\xef\xbb\xbfa\n", "latin-1")[0].header_bytes == 0


def test_the_end_of_ebcdic_files_is_its_own() -> None:
    assert told(b"\xc1\x15\x3f", "cp037")[0].trailer_bytes == 1
    assert told(b"\xc1\x15\x1a", "cp037")[0].trailer_bytes == 0


def test_lines_may_be_longer_than_what_is_read_of_them() -> None:
    found, lines, notes = told(b"abcd    1xyz\nabcd    2xyz\nabcd    3\n")
    assert (found.record_size, lines.is_open) == (12, False)
    assert "columns 10 to 12 of its lines are not read: the layout has none there" in notes
    found, lines, notes = told(b"abcd    1x\nabcd    2xyz\nabcd    3xyzxyz\n")
    assert (found.record_size, lines.is_open) == (9, True)
    assert "what its lines have behind column 9 is not read: the layout has nothing there" in notes
    found, lines, notes = told(b"abcd    1xyz\nabcd    2   \nabcd    3\n")
    assert (found.record_size, lines.is_open, notes) == (9, False, ())


def test_a_layout_that_says_how_long_lines_are_is_believed() -> None:
    said = parse_layout(TOML.format("utf-8").replace("lines = true", "lines = true\nrecord_size = 11"), "x.toml")
    found = told_lines(said, Lines(), b"abcd    1xyz\n", b"", 13)
    assert (found.layout.record_size, found.notes) == (11, ())


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"abcd    1\nabcd   12\n", True),
        (b"abcd    1\nabcd   1\n", True),
        (b"abcd    1\nabcd1    \n", False),
        (b"abcd12345\nabcd1\n", False),
        (b"abcd12345\n" * 20 + b"abcd1\n", True),
        (b"abcd12345\n" * 20 + b"abcd1\nabcd2\n", False),
        (b"abcd     \nabcd\n", False),
        (b"abc\n", False),
    ],
)
def test_where_numbers_stand_at_the_end_of_their_field(content: bytes, whole: bool) -> None:
    _, lines, _ = told(content)
    assert lines.whole == (("count",) if whole else ())


def test_columns_are_counted_as_the_layout_says() -> None:
    assert told("äöüé    1\n".encode())[1].whole == ("count",)
    in_bytes = parse_layout(f'columns = "bytes"\n{TOML.format("utf-8")}', "x.toml")
    assert in_bytes.lines is not None
    found = told_lines(in_bytes, in_bytes.lines, "äöüé    1\n".encode(), b"", 14).layout
    assert (found.record_size, found.lines and found.lines.whole) == (13, ())


def test_lines_are_found_as_far_as_they_are_known() -> None:
    assert lines_of(b"a\r\nbc\n\r\nd", 0, 9, Lines(), 9) == [
        FoundLine(0, 1, 3), FoundLine(3, 2, 6), FoundLine(6, 0, 8), FoundLine(8, 1, 9)
    ]  # fmt: skip
    assert lines_of(b"a\r\nbc\n\r\nd", 0, 99, Lines(), 9)[-1] == FoundLine(6, 0, 8)
    assert lines_of(b"a\nb\nc\n", 2, 4, Lines(), 9) == [FoundLine(2, 1, 4)]
    assert len(lines_of(b"\n" * 9, 0, 9, Lines(), 4)) == 4


@pytest.mark.parametrize(
    ("head", "size", "most", "found"),
    [
        (b"abc\nde\n", 7, 3, True),
        (b"abcd\nde\n", 8, 3, False),
        (b"abc   \nde\n", 10, 3, True),
        ("äöü\n".encode(), 7, 3, True),
        (b"abc\r\nde", 7, 3, True),
        (b"abc\nde", 99, 3, True),
        (b"\xc1\xc2\x15\xc3", 4, 2, True),
        (b"\xc1\xc2\x25\xc3\x40\x40", 6, 2, True),
        (b"abcdef", 6, 3, False),
        (b"abc", 3, 3, False),
        (b"", 0, 3, False),
    ],
)
def test_whether_records_are_lines(head: bytes, size: int, most: int, found: bool) -> None:
    assert are_lines(head, size, most) == found
