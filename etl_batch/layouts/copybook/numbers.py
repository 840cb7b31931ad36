"""How the numbers of records are stored, where a copybook does not say it: told from the first of them, or asked."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

from etl_batch.errors import Ambiguous
from etl_batch.layouts.copybook.book import Book, Column
from etl_batch.layouts.copybook.entries import Usage
from etl_batch.layouts.copybook.held import FLOATS

MOST_RECORDS = 1_000
_SHOWN = 3  #: records whose floats are shown
_CLEARLY = 1.25  #: as many bits in the one order as in the other
_PLACES = {4: (">f", "<f"), 8: (">d", "<d")}


def has_native(book: Book) -> bool:
    """Whether it has numbers in the byte order of a machine."""
    return any(column.entry.usage is Usage.NATIVE for _, column in book.columns)


def has_floats(book: Book) -> bool:
    """Whether it has floats."""
    return any(column.entry.usage in FLOATS for _, column in book.columns)


def is_native_big(book: Book, records: bytes, called: str) -> bool:
    """Whether COMP-5 has its highest byte first: so that its values are clearly smaller, or more of them fit.

    Its range is that of its bytes, not of its picture: a single value that does not fit says little.

    Args:
        book: what the records are.
        records: the first bytes of the file.
        called: the file, for messages.

    Raises:
        Ambiguous: the values do not tell.
    """
    columns = [column for column in book.always if column.entry.usage is Usage.NATIVE]
    columns = columns or [column for _, column in book.columns if column.entry.usage is Usage.NATIVE]
    big, little = (_fitting(columns, book, records, order) for order in ("big", "little"))
    if max(big[1], little[1]) >= _CLEARLY * min(big[1], little[1]) > 0:
        return big[1] < little[1]
    if big[0] != little[0]:
        return big[0] > little[0]
    raise Ambiguous(
        f"{called}: {columns[0].entry.called} is COMP-5, in the byte order of a machine that {book.where} does not "
        "name, and the values of the first records are as likely in the one as in the other",
        mend=f"print it with `python -m etl_batch layout {book.where}`, set the byte_order of its COMP-5 fields there, "
        "and name that as the layout",
    )


def _fitting(columns: Sequence[Column], book: Book, records: bytes, order: str) -> tuple[int, int]:
    """How many values fit their pictures, and how many bits all of them have."""
    fitting = bits = 0
    for column, raw in _values(columns, book, records, MOST_RECORDS):
        picture = column.entry.picture
        if picture is not None:
            value = abs(int.from_bytes(raw, "big" if order == "big" else "little", signed=picture.signed))
            fitting += value < 10**picture.digits
            bits += value.bit_length()
    return fitting, bits


def _values(columns: Sequence[Column], book: Book, records: bytes, most: int) -> Iterator[tuple[Column, bytes]]:
    for number in range(min(len(records) // book.record_size, most)):
        at = number * book.record_size
        for column in columns:
            yield column, records[at + column.offset : at + column.offset + column.size]


def refuse_unsaid_floats(book: Book, records: bytes) -> None:
    """Ask how floats are stored, with the first values in each way.

    Args:
        book: what the records are.
        records: the first bytes of a file of them; empty: there is none.

    Raises:
        Ambiguous: always.
    """
    column = next(column for _, column in book.columns if column.entry.usage in FLOATS)
    found = [raw for _, raw in _values([column], book, records, _SHOWN)]
    ways = {
        "ibm": [ibm_float(raw) for raw in found],
        **{
            f"ieee-{order}": [struct.unpack(_PLACES[column.size][place], raw)[0] for raw in found]
            for place, order in enumerate(("big", "little"))
        },
    }
    shown = "; ".join(f"{way}: {', '.join(f'{value:.6g}' for value in values)}" for way, values in ways.items())
    raise Ambiguous(
        f"{column.entry.at(book.where)} is a float, and whether hexadecimal, as z/OS stores them, or IEEE the book "
        f"does not say{f' (its first values by {shown})' if found else ''}",
        mend="say it: --floats ibm, --floats ieee-big or --floats ieee-little",
    )


def ibm_float(raw: bytes) -> float:
    """A hexadecimal float: a sign, 7 bits of a power of 16, beyond 64, and a fraction."""
    bits = 8 * len(raw) - 8
    fraction = int.from_bytes(raw[1:])
    value = math.ldexp(fraction, 4 * ((raw[0] & 0x7F) - 64) - bits)
    return -value if raw[0] > 0x7F else value
