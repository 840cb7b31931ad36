"""What a copybook does not say, told from the first bytes of a file of its records. Bytes in, words out.

Whether characters are EBCDIC or ASCII, and whether there is more between the records than the book has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.book import Book, Column
from etl_batch.light_dataclass import dataclass

EBCDIC, ASCII, UTF8 = "cp037", "ascii", "utf-8"
MOST_RECORDS = 1_000
_SURE = 4  #: times as many characters of the one as of the other
_COMMON = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OF_EBCDIC, _OF_ASCII = _COMMON.encode(EBCDIC), _COMMON.encode(ASCII)
_BEYOND_ASCII = bytes(range(0x80, 0x100))
#: bytes that cp037, cp1047 (z/OS Unix) and cp1140 (with a euro sign) do not have in common, and what each reads
_DIFFERENT = {
    0x15: ("a new line", "a line feed"), 0x25: ("a line feed", "a new line"), 0x5F: ("¬", "^"), 0x9F: ("¤", "¤"),
    0xAD: ("Ý", "["), 0xB0: ("^", "¬"), 0xBA: ("[", "Ý"), 0xBB: ("]", "¨"), 0xBD: ("¨", "]"),
}  # fmt: skip
_DOUBTFUL = bytes(_DIFFERENT)
_ASKED = (
    "say it: --encoding cp037 (EBCDIC of the US), cp273 (Germany, Austria), cp500 (international), cp1140 (US with a "
    "euro sign), or ascii, cp1252, latin-1"
)
_LINE_ENDS = {b"\n": "a line feed", b"\r\n": "CR LF", b"\x15": "a new line of EBCDIC", b"\x25": "a line feed of EBCDIC"}


@dataclass(frozen=True, slots=True)
class Told:
    """An encoding, and how it is known."""

    encoding: str
    note: str


def told_encoding(book: Book, records: bytes, called: str) -> Told:
    """The encoding of the characters of a file, by those of its first records.

    Args:
        book: what the records are.
        records: the first bytes of the file.
        called: the file, for messages.

    Raises:
        Ambiguous: they do not tell.
    """
    columns = [column for column in book.always if column.is_characters]
    if not columns:
        return Told(EBCDIC, f"{book.where} has no characters: its numbers are read as z/OS stores them")
    counted = min(len(records) // book.record_size, MOST_RECORDS)
    all_of_it = b"".join(_pieces(columns, book.record_size, records))
    ebcdic, ascii_letters = _share(all_of_it, _OF_EBCDIC), _share(all_of_it, _OF_ASCII)
    by = f"as {{}} of {len(all_of_it):,} bytes of text and digits in its first {counted:,} records are"
    texts = [column for _, column in book.columns if column.is_text and column.offset < book.moved]
    if ebcdic > _SURE * ascii_letters:
        _refuse_doubtful(book, texts, records, called)
        return Told(EBCDIC, f"{called}: the characters are EBCDIC ({EBCDIC}), {by.format(f'{ebcdic:,}')}")
    if ascii_letters > _SURE * ebcdic:
        encoding = _of_ascii([column for column in texts if not column.readings], book, records, called)
        return Told(encoding, f"{called}: the characters are {encoding}, {by.format(f'{ascii_letters:,}')}")
    raise Ambiguous(
        f"{called}: {ebcdic:,} of {len(all_of_it):,} bytes of text and digits in its first {counted:,} records are "
        f"letters, digits and blanks of EBCDIC, and {ascii_letters:,} of ASCII, by {book.where}",
        mend=_ASKED,
    )


def refuse_doubtful_tables(book: Book, records: bytes, called: str) -> None:
    """Ask where a text from the first table on whose occurrences an item counts holds what code pages read in two ways.

    Args:
        book: what the records are.
        records: the first ones, each as it is where all tables are full.
        called: the file, for messages.

    Raises:
        Ambiguous: one does.
    """
    texts = [column for _, column in book.columns if column.is_text and column.offset >= book.moved]
    _refuse_doubtful(book, texts, records, called)


def _share(text: bytes, letters: bytes) -> int:
    """How many of the bytes are these letters."""
    return len(text) - len(text.translate(None, letters))


def _pieces(columns: Sequence[Column], size: int, records: bytes) -> Iterator[bytes]:
    """The bytes of these columns, record by record."""
    for at in range(0, min(len(records) // size, MOST_RECORDS) * size, size):
        for column in columns:
            yield records[at + column.offset : at + column.offset + column.size]


def _refuse_doubtful(book: Book, texts: Sequence[Column], records: bytes, called: str) -> None:
    """Ask where a text holds what code pages of EBCDIC read in different ways."""
    for number, piece in enumerate(_pieces(texts, book.record_size, records)):
        column, record = texts[number % len(texts)], number // len(texts) + 1
        if (found := set(piece) & set(_DOUBTFUL)) and _is_its_own(column, piece):
            byte = min(found)
            one, other = _DIFFERENT[byte]
            euro = ", which is the euro sign in cp1140" if byte == 0x9F else f", and {other} in cp1047 (z/OS Unix)"
            raise Ambiguous(
                f"{called}: {column.entry.called} of record {record} holds the byte 0x{byte:02X}, which is {one} in "
                f"cp037{euro}",
                mend=_ASKED,
            )


def _is_its_own(column: Column, piece: bytes) -> bool:
    """Whether the bytes are of this text, and not of what is read in its place in other records."""
    is_always = not column.readings and not column.suffix
    return is_always or not set(piece) - set(_DOUBTFUL) - set(_OF_EBCDIC)


def _of_ascii(texts: Sequence[Column], book: Book, records: bytes, called: str) -> str:
    beyond = [piece for piece in _pieces(texts, book.record_size, records) if _share(piece, _BEYOND_ASCII)]
    if not beyond:
        return ASCII
    try:
        for piece in beyond:
            piece.decode(UTF8)
    except UnicodeDecodeError:
        raise Ambiguous(
            f"{called}: its characters are ASCII, but {beyond[0][:40]!r} holds others as well", mend=_ASKED
        ) from None
    return UTF8


def refuse_other_files(book: Book, head: bytes, size: int, called: str) -> None:
    """Refuse a file that has more between its records than the book says.

    Args:
        book: what the records are.
        head: the first bytes of the file.
        size: bytes of all of it.
        called: the file, for messages.

    Raises:
        CopybookInvalid: a line end follows each record.
    """
    for end, name in _LINE_ENDS.items():
        if _ends_each(end, book.record_size, head, size):
            raise CopybookInvalid(
                f"{called}: behind every {book.record_size} bytes of a record by {book.where} is {name}",
                mend=f"add FILLER PIC X({len(end)}) at the end of a copy of the book",
            )


def _ends_each(end: bytes, record_size: int, head: bytes, size: int) -> bool:
    """Whether a line end follows every record of the head, and nothing else that is more."""
    step = record_size + len(end)
    if size % step not in {0, record_size} or len(head) < step:
        return False
    places = range(record_size, len(head) - len(end) + 1, step)
    return all(head[at : at + len(end)] == end for at in places)
