"""Cells by the signs of a dialect, one at a time, as a header is read."""

from __future__ import annotations

import pytest

from etl_batch.formats.csv.shape import Shape


@pytest.mark.parametrize(
    ("shape", "content", "cell"),
    [
        (Shape("||", "", "\\"), b"a\\|b||c\n", (b"a|b", b"||", 6)),
        (Shape("||", "", "\\"), b"a\\\\||c\n", (b"a\\", b"||", 5)),
        (Shape(",", "'"), b"'a,''b',c\n", (b"a,'b", b",", 8)),
        (Shape(",", "'", "\\"), b"'a\\'b',c\n", (b"a'b", b",", 7)),
        (Shape(",", "'", "\\"), b"\\N\r\n", (b"\\N", b"\r\n", 4)),
        (Shape(",", "'"), b"'a'b,c\n", None),
        (Shape(",", "'"), b"'a", None),
    ],
)
def test_a_cell_its_end_and_where_the_next_begins(
    shape: Shape, content: bytes, cell: tuple[bytes, bytes, int] | None
) -> None:
    assert shape.cell(content, 0) == cell


def test_comments_are_behind_one_another() -> None:
    assert Shape(",", comment="#").behind_comments(b"# a\n# b\nx\n", 0) == 8
    assert Shape(",").behind_comments(b"# a\n", 0) == 0
