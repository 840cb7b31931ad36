"""What a copybook does not say, told from the bytes of its records, or asked."""

from __future__ import annotations

import pytest

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.book import Book, read_book
from etl_batch.layouts.copybook.bytes import refuse_other_files, told_encoding

WHERE = "data/RECORDS"
BOOK = read_book("01 R.\n  05 NUMBER-OF PIC S9(4).\n  05 TEXT-OF PIC X(6).\n  05 C PIC S9(9) COMP.", "book.cpy")
SIZE = 14


def record(text: str, encoding: str, number: bytes = b"\xf1\xf2\xf3\xd4") -> bytes:
    return number + text.ljust(6).encode(encoding) + bytes(4)


def encoding_of(content: bytes, book: Book = BOOK) -> str:
    return told_encoding(book, content, WHERE).encoding


def asked(content: bytes) -> str:
    with pytest.raises(Ambiguous) as caught:
        encoding_of(content)
    assert "--encoding cp037" in caught.value.what_to_do
    assert caught.value.message.startswith(WHERE)
    return caught.value.message


def test_letters_digits_and_blanks_tell_ebcdic_from_ascii() -> None:
    assert encoding_of(record("ABC", "cp037") * 3) == "cp037"
    assert encoding_of(record("ABC", "ascii", b"1234") * 3) == "ascii"


def test_digits_alone_do_and_so_do_blanks_alone() -> None:
    assert encoding_of(record("", "cp037", bytes(4)) * 3) == "cp037"
    assert encoding_of(record("", "ascii", bytes(4)) * 3) == "ascii"
    book = read_book("01 R.\n  05 N PIC 9(4).", "book.cpy")
    assert encoding_of(b"\xf1\xf2\xf3\xf4" * 2, book) == "cp037"
    assert encoding_of(b"1234" * 2, book) == "ascii"


def test_a_note_says_by_what() -> None:
    told = told_encoding(BOOK, record("ABC", "cp037") * 2, WHERE)
    assert told.note == (
        f"{WHERE}: the characters are EBCDIC (cp037), as 20 of 20 bytes of text and digits in its first 2 records are"
    )


def test_records_without_characters_need_none() -> None:
    book = read_book("01 R.\n  05 N PIC S9(4) COMP.", "book.cpy")
    assert encoding_of(b"  ", book) == "cp037"


def test_only_the_first_thousand_whole_records_are_looked_at() -> None:
    many = record("ABC", "cp037") * 1000 + record("ABC[", "cp037") * 9
    assert "first 1,000 records" in told_encoding(BOOK, many, WHERE).note
    assert encoding_of(record("ABC", "cp037") + b"\xad" * (SIZE - 1)) == "cp037"


def test_what_tells_neither_is_asked() -> None:
    assert "0 of 20 bytes of text and digits in its first 2 records" in asked(bytes(2 * SIZE))
    assert "10 of 20 bytes" in asked(record("ABC", "cp037", b"\xf1\xf1\xf1\xf1") + record("ABC", "ascii", b"1234"))
    assert "0 of 0 bytes" in asked(b"")


@pytest.mark.parametrize("byte", [0x15, 0x25, 0x5F, 0x9F, 0xAD, 0xB0, 0xBA, 0xBB, 0xBD])
def test_a_byte_of_text_on_which_code_pages_differ_is_asked(byte: int) -> None:
    doubtful = record("ABC", "cp037")[:7] + bytes([byte]) + record("ABC", "cp037")[8:]
    assert f"TEXT-OF of record 2 holds the byte 0x{byte:02X}, which is" in asked(record("ABC", "cp037") + doubtful)


def test_of_the_bytes_that_are_asked_about_cp037_and_cp1140_agree_on_all_but_the_euro_sign() -> None:
    """So what is asked is no more than what differs; cp1047 is not among Python's."""
    every = bytes(range(256))
    pairs = zip(every.decode("cp037"), every.decode("cp1140"), strict=True)
    assert [at for at, (one, other) in enumerate(pairs) if one != other] == [0x9F]


def test_a_number_or_a_binary_field_may_hold_any_byte() -> None:
    book = read_book("01 R.\n  05 N PIC S9(3).\n  05 C PIC S9(4) COMP.\n  05 T PIC X.", "book.cpy")
    assert encoding_of(b"\xf1\xf2\xb0\xad\xbd\xc1" * 2, book) == "cp037"


def test_letters_beyond_ascii_are_utf_8_where_all_are_and_else_asked() -> None:
    assert encoding_of(b"1234" + "ÄÖA ".encode() + bytes(4) + record("ABC", "ascii", b"1234") * 2) == "utf-8"
    assert "its characters are ASCII, but b'\\xc4BC   ' holds others" in asked(record("ÄBC", "latin-1", b"1234"))


def refused(content: bytes, size: int = 0) -> CopybookInvalid | None:
    try:
        refuse_other_files(BOOK, content, size or len(content), WHERE)
    except CopybookInvalid as error:
        return error
    return None


@pytest.mark.parametrize(("end", "called"), [
    (b"\n", "a line feed"), (b"\r\n", "CR LF"), (b"\x15", "a new line of EBCDIC"), (b"\x25", "a line feed of EBCDIC"),
])  # fmt: skip
def test_line_ends_behind_every_record_are_told(end: bytes, called: str) -> None:
    one = record("ABC", "cp037")
    for content in ((one + end) * 3, (one + end) * 3 + one):
        error = refused(content)
        assert error is not None
        assert error.message == f"{WHERE}: behind every 14 bytes of a record by book.cpy is {called}"
        assert f"FILLER PIC X({len(end)}) at the end" in error.what_to_do
    assert refused((one + end) * 2 + one + b"x" + one + end) is None
    assert refused((one + end) * 2 + b"\xc1") is None
