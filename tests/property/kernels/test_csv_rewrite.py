"""Rows rewritten 64 bytes at a time are what one cell after another gives."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import FORMULA_STARTS, INVISIBLE, csv_cell
from tests.data_makers.apostrophes import Added, added_to
from tests.helpers import twins_csv
from tests.helpers.chance import examples
from tests.helpers.csv_calls import rewritten

DELIMITERS = (",", ";", "\t", "|", ":")
ENDS = ("\n", "\r\n")
TRIGGERS = [
    *FORMULA_STARTS,
    *INVISIBLE,
    "'",
    "-5",
    "+1.5e9",
    "=1+1",
    "'=x",
    "''-",
    '"',
    '""',
    "\r",
    "\n",
    "\r\n",
    "\t",
    "- ",
    ";=",
    "\n-5 ",
    "(",
    "!",
]


def expected(data: bytes, delimiter: str, *, escape: bool = True) -> tuple[bytes, Added]:
    """Each cell by `csv_cell`, and the apostrophes that it adds."""
    rows = [[None if cell is None else cell.decode() for cell in row.cells] for row in twins_csv.rows(data, delimiter)]
    lines = [",".join(csv_cell(text, escape=escape) for text in texts) + "\n" for texts in rows]
    added = added_to(text for texts in rows for text in texts) if escape else Added()
    return "".join(lines).encode(), added


def agree(data: bytes, delimiter: str) -> None:
    for escape in (True, False):
        assert rewritten(data, delimiter, escape=escape) == expected(data, delimiter, escape=escape)


def written_cell(text: str | None, delimiter: str, *, quote: bool) -> str:
    """A cell of an input; quotes where they must be, or where asked for."""
    if text is None:
        return ""
    if quote or not text or any(character in text for character in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


@st.composite
def sound_files(draw: st.DrawFn) -> tuple[bytes, str]:
    delimiter, end = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from(ENDS))
    pieces = st.sampled_from([*TRIGGERS, *DELIMITERS, "a", "ä", "😀", "1"]) | st.integers(40, 130).map("x".__mul__)
    texts = st.none() | st.lists(pieces, max_size=6).map("".join)
    columns = draw(st.integers(1, 4))
    cells = st.tuples(texts, st.booleans()).map(lambda cell: written_cell(cell[0], delimiter, quote=cell[1]))
    rows = draw(st.lists(st.lists(cells, min_size=columns, max_size=columns).map(delimiter.join), max_size=8))
    text = end.join(rows) + (end if draw(st.booleans()) else "")
    return text.encode(), delimiter


@settings(max_examples=examples(400), deadline=None)
@given(sound_files())
@example((b"", ","))
@example((b"\n", ","))
@example((b"\r\n", ","))
@example((b'""', ","))
@example((b"'", ","))
@example((b"=", ","))
@example((b"x" * 63 + b"\r\n=1\n", ","))
@example((b"x" * 63 + b"\n=1\n", ","))
@example((b"x" * 62 + b",=1\n", ","))
@example((b"=" + b"x" * 62 + b"\t=\n", ","))
@example((b"=" + b"x" * 100 + b";\n", ","))
@example((b"x" * 100 + b"'\n", ","))
@example((b'"' + b"x" * 62 + b'""' + b"x" * 100 + b'"\r\n', ","))
@example((b'"' + b'""' * 500 + b'"', ","))
@example((b"=\n" * 500, ","))
@example((b"=,\n" * 500, ","))
@example(("\ufeff\u200b=x;\n".encode() * 100, ";"))
def test_every_cell_is_written_by_the_rule(case: tuple[bytes, str]) -> None:
    agree(*case)


@pytest.mark.parametrize("seed", range(4))
def test_at_random(seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(1000):
        delimiter, end = chosen.choice(DELIMITERS), chosen.choice(ENDS)
        pieces = [*TRIGGERS, *DELIMITERS, "a", "ä", "😀", "x" * chosen.randrange(1, 300)]
        columns = chosen.randrange(1, 5)
        lines = []
        for _ in range(chosen.randrange(6)):
            texts = [
                None if chosen.random() < 0.2 else "".join(chosen.choices(pieces, k=chosen.randrange(5)))
                for _ in range(columns)
            ]
            lines.append(delimiter.join(written_cell(text, delimiter, quote=chosen.random() < 0.3) for text in texts))
        agree((end.join(lines) + chosen.choice(["", end])).encode(), delimiter)


@pytest.mark.parametrize(
    "cell",
    [
        b"=",
        b"'=",
        b'"="',
        b'"=\n"',
        b'"\r"',
        b'"\t"',
        b"-",
        b"@",
        b"|=",
        b'";="',
        b'"|;|;|"',
        b'";\'="',
        "\uff1d".encode(),
        b'"=,"',
    ],
)
def test_cells_that_grow_the_most(cell: bytes) -> None:
    for end in (b"\n", b"\r\n"):
        agree((cell + b"," + cell + end) * 2000, ",")
        agree((cell + end) * 2000, ",")


def test_what_was_rewritten_stays_as_it_is() -> None:
    """Our own dialect comes out as it went in, but for the apostrophes, which protect themselves."""
    data = b'1,,"",a b,"a,b","x""y"\n' * 100
    assert rewritten(data) == (data, Added())
