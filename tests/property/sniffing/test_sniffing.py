"""Sniffing: nothing ends it, what it says can be read by, and elimination is what it claims to be."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.sniffing.dates_seen import dates_of
from etl_batch.sniffing.finding import from_json
from etl_batch.sniffing.in_words import render
from etl_batch.sniffing.numbers_seen import Notation, numbers_of
from etl_batch.sniffing.sniff import sniff
from etl_batch.sniffing.splitting import ONE_COLUMN
from tests.helpers.chance import examples
from tests.helpers.sniffed import asked, sample, sniffed

_SIGNS = st.text(st.sampled_from("aé1 ,;|\t\"'\\\n\r#.-/2\x1f"), max_size=200)
_WORDS = st.text(st.sampled_from("abcXYZ äé,;|\t\"'\n-_"), max_size=8)
_FROM, _UNTIL = datetime(1900, 1, 1), datetime(2099, 1, 1)  # noqa: DTZ001 - as files have them
_NOTATIONS = [Notation(mark, between) for mark in ".," for between in ("", ".", ",", " ", "'") if mark != between]


@given(st.one_of(st.binary(max_size=300), _SIGNS.map(str.encode), _SIGNS.map(lambda text: text.encode("utf-16"))))
@settings(max_examples=examples(1000))
def test_no_bytes_end_it_and_all_can_be_said(content: bytes) -> None:
    for sizes in ({}, {"length": 40, "later": 20}):
        found = sniff(sample(content, **sizes)) if content else None
        if found is not None:
            answer = json.loads(json.dumps(found.as_json(), allow_nan=False))
            assert from_json(answer) == found
            assert render(found, "a.csv").startswith("a.csv: ")
            about = {question.about for question in found.questions if question.of_structure}
            assert all(found.findings[name].value is None for name in about)


@given(
    st.sampled_from([",", ";", "\t", "|"]),
    st.lists(st.tuples(_WORDS, _WORDS), min_size=8, max_size=30),
    st.booleans(),
)
@settings(max_examples=examples(200))
def test_what_a_writer_wrote_is_read_as_it_was_or_asked(
    mark: str, words: list[tuple[str, str]], all_quoted: bool
) -> None:
    """With a column of numbers and one of dates beside any words."""
    rows = [[str(n), first, f"2024-01-{n + 1:02}", second, f"{n}.25"] for n, (first, second) in enumerate(words)]
    rows = [[cell.replace("\n", "\r\n") for cell in row] for row in rows]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL)
    writer.writerows([["id", "first", "day", "second", "sum"], *rows])
    found = sniffed(text.getvalue())
    if found.findings["delimiter"].value is None:
        assert "delimiter" in asked(found)
        return
    assert found.findings["delimiter"].value == mark
    assert [column.name for column in found.columns] == ["id", "first", "day", "second", "sum"]
    assert [found.columns[place].type for place in (0, 2, 4)] == ["i64", "date", "f64"]


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20), st.sampled_from(_NOTATIONS))
@settings(max_examples=examples(300))
def test_numbers_keep_their_values_in_the_notation_that_is_found(numbers: list[Decimal], notation: Notation) -> None:
    cells = [
        f"{number:,.2f}".replace(",", "@").replace(".", notation.decimal).replace("@", notation.thousands)
        for number in numbers
    ]
    found = numbers_of(cells)
    assert found is not None
    assert found.rival is None
    assert [Decimal(found.notation.plain(cell)) for cell in cells] == numbers
    assert found.type in {"f64", "i64"} or found.type.startswith("decimal(")


@given(st.lists(st.datetimes(_FROM, _UNTIL), min_size=1, max_size=20),
       st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %b %Y"]),
       st.sampled_from(["", " %H:%M", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p"]))  # fmt: skip
@settings(max_examples=examples(300))
def test_the_format_of_dates_is_never_eliminated_and_all_that_remain_read_them(
    days: list[datetime], form: str, time: str
) -> None:
    cells = [day.strftime(form + time) for day in days]
    found = dates_of(cells)
    assert found is not None
    assert form + time in found.formats
    for other in found.formats:
        assert all(datetime.strptime(cell, other) for cell in cells)  # noqa: DTZ007
    if any(day.day > 12 for day in days):
        assert found.formats == (form + time,)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), min_size=2, max_size=40))
@settings(max_examples=examples(200))
def test_one_column_of_words_gets_no_delimiter(words: list[str]) -> None:
    found = sniffed("".join(f"{word}\n" for word in words))
    assert (found.findings["delimiter"].value or ONE_COLUMN) == ONE_COLUMN
    assert "delimiter" not in asked(found)
