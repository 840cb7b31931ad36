"""Any book: its columns lie where a plain twin writes them, and its layout is the same printed and read again."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import EtlError
from etl_batch.layouts.copybook.book import Book, read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.copybook.source import is_copybook
from etl_batch.layouts.reading import parse_layout
from tests.helpers.copybooks import books, record_of

ENCODINGS = st.sampled_from(("cp037", "ascii"))


@given(st.data())
def test_columns_lie_where_a_record_has_them(data: st.DataObject) -> None:
    encoding = data.draw(ENCODINGS)
    text, items = data.draw(books())
    record = record_of(items, encoding, data.draw)
    assert is_copybook(text, "book")
    book = read_book(text, "book")
    assert book.record_size == len(record.raw)
    found = [(name.upper(), column.offset, column.size) for name, column in book.columns]
    assert found == [(cell.name, cell.offset, cell.size) for cell in record.cells]


@given(st.data())
def test_the_layout_is_the_same_printed_and_read_again(data: st.DataObject) -> None:
    encoding = data.draw(ENCODINGS)
    text, _ = data.draw(books())
    found = layout_of_book(read_book(text, "book"), HowStored(encoding, is_native_big=encoding == "cp037"))
    printed = found.toml(["a comment", 'of "any" kind \n with \x00 whatever'])
    assert parse_layout(printed, "printed") == found.layout
    assert not is_copybook(printed, "book.cpy")
    assert found.remarks.keys() == set(found.layout.names)


_MUTATIONS = st.tuples(
    st.sampled_from(("cut", "twice", "other", "swap")), st.floats(0, 1), st.floats(0, 1), st.characters()
)


@given(st.data(), st.lists(_MUTATIONS, min_size=1, max_size=4))
def test_a_book_with_mistakes_is_read_or_refused_in_words(data: st.DataObject, mistakes: list[Any]) -> None:
    text, _ = data.draw(books())
    for kind, first, second, letter in mistakes:
        start, end = sorted((int(first * len(text)), int(second * len(text))))
        end = min(end, start + 12)
        match kind:
            case "cut":
                text = text[:start] + text[end:]
            case "twice":
                text = text[:end] + text[start:]
            case "other":
                text = text[:start] + letter + text[start + 1 :]
            case "swap":
                text = text[:start] + text[start:end][::-1] + text[end:]
    found = _outcome(text)
    if isinstance(found, EtlError):
        assert found.code in {"E_COPYBOOK", "E_AMBIGUOUS"}
        assert found.message.startswith("book.cpy")
        assert found.what_to_do
    else:
        assert all(column.offset + column.size <= found.record_size for _, column in found.columns)


@given(st.text(max_size=300))
def test_whatever_a_text_holds_it_is_read_or_refused_in_words(text: str) -> None:
    found = _outcome(text)
    assert isinstance(found, Book) or found.code == "E_COPYBOOK"


def _outcome(text: str) -> Book | EtlError:
    try:
        book = read_book(text, "book.cpy")
        layout_of_book(book, HowStored("cp037"))
    except EtlError as error:
        return error
    return book
