"""CSV files, sound and broken, their rows without a header: what Python writes, what hands write, and single cases."""

from __future__ import annotations

import csv
import io

from hypothesis import strategies as st

SMALLEST_CHUNK = 16
#: what a sound cell may hold
TEXTS = "a1 ,;|\t\"\r\n'=-+ä€😀"
ODD = [
    b"",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b'"\n"',
    b'a"b',
    b'"a"b',
    b"\r",
    b"\0",
    b"\xff",
    b'"\xff\n"',
    b",",
    b",,",
    b"x" * 70,
]

sizes = st.lists(st.integers(SMALLEST_CHUNK, 300) | st.integers(SMALLEST_CHUNK, 40), min_size=1, max_size=3)
delimiters = st.sampled_from([",", ";", "\t", "|", ":", " ", "1"])


@st.composite
def python_files(draw: st.DrawFn) -> tuple[bytes, int, str]:
    """What `csv.writer` writes."""
    columns, delimiter = draw(st.integers(1, 4)), draw(delimiters)
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
    )
    cell = st.none() | st.integers() | st.floats() | st.text(st.sampled_from(TEXTS), max_size=30) | st.just("y" * 65)
    for row in draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), max_size=10)):
        writer.writerow(row)
    data = text.getvalue().encode()
    return (data.rstrip(b"\r\n") if draw(st.booleans()) and columns > 1 else data), columns, delimiter


@st.composite
def odd_files(draw: st.DrawFn) -> tuple[bytes, int, str]:
    """Rows by hand, some of them odd."""
    columns = draw(st.integers(1, 3))
    plain = st.text(st.sampled_from("a1 '=ä"), max_size=6).map(str.encode)
    quoted = st.text(st.sampled_from(TEXTS), max_size=20).map(lambda text: b'"%b"' % text.replace('"', '""').encode())
    cell = plain | quoted | (st.sampled_from(ODD) if draw(st.booleans()) else plain)
    rows = draw(st.lists(st.lists(cell, min_size=columns, max_size=columns).map(b",".join), max_size=10))
    ends = st.sampled_from([b"\n", b"\r\n"])
    return (
        b"".join(row + draw(ends) for row in rows) + draw(st.sampled_from([b"", b"1" + b",1" * (columns - 1)])),
        columns,
        ",",
    )


FILES = {
    "plain": (b"1,a\n" * 40, 2),
    "CRLF": (b"1,a\r\n" * 40, 2),
    "no last line feed": (b"1,a\r\n" * 40 + b"2,b", 2),
    "line feeds in quotes": (b'1,"a\n\nb"\r\n' * 20, 2),
    "one long cell": (b'1,"' + b"a\n" * 150 + b'"\n2,b\n', 2),
    "doubled quotes": (b'"""",""""""\n' * 20 + b'"",""\n', 2),
    "one column with nulls": (b'a\n\n""\n\r\nb\r\n\n' * 15, 1),
    "many columns": ((b",".join([b"x"] * 30) + b"\n") * 6, 30),
    "multibyte": ("ä€,😀\n".encode() * 25, 2),
    "a broken quote first": (b'1,"a\n' + b"2,b\n" * 60, 2),
    "a broken quote last": (b"2,b\n" * 60 + b'1,"a\n', 2),
    "broken rows of every kind": (
        b'1,a\n1\n1,2,3\n\n1,"x\ny"\n"1"2,3\n1,b"c\n1,\xff\n1,\0\n\r1,2\n1,2\r3\n' * 4 + b'1,"z\n1,2\n', 2,
    ),
}  # fmt: skip
