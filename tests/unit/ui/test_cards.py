"""A table as cards: all its numbers whole, names of strangers as texts."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.ui.cards import MOST_CARDS, as_cards
from etl_batch.ui.table_export import Cell, Column, Table

_COLUMNS = (
    Column(name="name", title="<Name>"),
    Column(name="rows", title="Rows", kind="count"),
    Column(name="at", title="At", kind="time"),
    Column(name="total", title="Total", kind="number"),
)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(-(10**12), 10**12))
def test_nothing_is_cut_and_nothing_is_markup(name: str, number: int) -> None:
    row: dict[str, Cell] = {"name": name, "rows": number, "at": "2026-01-31T12:00:00.5+00:00", "total": None}
    html = as_cards(Table(_COLUMNS, [row]), name)
    assert set(re.findall("<([^ >]*)", html)) == {"div", "/div", "dl", "/dl", "dt", "/dt", "dd", "/dd"}
    shown = [unescape(text) for text in re.findall(r'<dd class="number">([^<]*)</dd>', html)]
    assert shown == [f"{number:,}", "2026-01-31 12:00:00", "\N{EN DASH}"]


def test_a_row_leads_where_it_should() -> None:
    html = as_cards(Table(_COLUMNS, [{"name": "a"}]), "x", lambda row: f"/run?id={row['name']}&b")
    assert '<a href="/run?id=a&amp;b" target="_self">a</a>' in html


def test_a_long_table_says_that_there_is_more() -> None:
    html = as_cards(Table(_COLUMNS, [{"name": str(number)} for number in range(MOST_CARDS + 1)]), "x")
    assert html.count("<dl ") == MOST_CARDS
    assert f"The first {MOST_CARDS} of {MOST_CARDS + 1} rows" in html
