"""Files of one kind share what tells them again; a reading that was saved for one is offered for the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.sniffing.likeness import likeness_of
from etl_batch.sniffing.sample import Sample
from etl_batch.sniffing.sniff import sniff

_NAMES = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=2, max_size=5, unique=True)
_ROWS = st.lists(st.integers(1, 999), min_size=2, max_size=9)


def like(content: bytes) -> str | None:
    """Of a whole file."""
    found = sniff(Sample(content, b"", b"", len(content)))
    assert found is not None
    return likeness_of(found)


def table(names: list[str], rows: list[int], mark: str = ";") -> bytes:
    """With text and a number in each row."""
    lines = [mark.join(names), *(mark.join(["x", *[str(row)] * (len(names) - 1)]) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


@given(names=_NAMES, some=_ROWS, others=_ROWS)
def test_rows_say_nothing_of_the_kind(names: list[str], some: list[int], others: list[int]) -> None:
    assert like(table(names, some)) == like(table(names, others)) is not None


@given(names=_NAMES, others=_NAMES, rows=_ROWS)
def test_names_their_order_and_the_delimiter_do(names: list[str], others: list[str], rows: list[int]) -> None:
    assert (like(table(names, rows)) == like(table(others, rows))) == (names == others)
    assert like(table(names, rows)) != like(table(names, rows, "|"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_letters_beyond_ascii_count_as_the_same(encoding: str) -> None:
    content = "Käse;Größe\nx;1\ny;2\n"
    assert like(content.encode(encoding)) == like(content.encode("cp850"))
    assert like(content.encode(encoding)) == like((content + "Öl;3\n").encode("cp1252"))
    assert like(content.encode(encoding)) != like(content.encode("utf-16"))
    assert like(content.encode(encoding)) != like(b"Kase;Grosse\nx;1\n")


def test_titles_above_and_rows_of_another_length_are_of_the_kind() -> None:
    assert like(b"January\n\na;b\nx;1\ny;2\n") == like(b"February 2025\na;b\nx;1\nz;2\n")


def test_what_is_no_text_is_of_no_kind() -> None:
    assert like(bytes(range(64)) * 9) is None
