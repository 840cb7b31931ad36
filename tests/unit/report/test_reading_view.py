"""How files were read, in words: alike ones once, and nothing that a stranger wrote is more than text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl_batch.report.page import render_html
from etl_batch.report.reading_view import MOST_READINGS, reading_views
from etl_batch.values import InputSummary
from tests.data_makers.golden import results
from tests.unit.report.test_page import _Page

_VALUES: dict[str, Any] = {
    "encoding": "cp1252", "line_end": "crlf", "delimiter": ";", "quote": '"', "escape": None, "skip_lines": 1,
    "comment": None, "header": False, "decimal": ",", "thousands": None,
}  # fmt: skip
_COLUMN = {
    "name": "day", "type": "date", "by": "proved", "sure": 1.0, "date_format": "%d.%m.%Y", "decimal": None,
    "thousands": None, "nulls": ["NA"], "trim": True,
}  # fmt: skip


def reading(by: str = "told", sure: float = 0.97, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """As the metadata has it."""
    values = _VALUES | more
    return {
        **values, "columns": [_COLUMN], "by": dict.fromkeys(values, by), "sure": dict.fromkeys(values, sure),
        "evidence": dict.fromkeys(values, "so it is"),
    }  # fmt: skip


def summary(name: str, read: dict[str, Any] | None) -> InputSummary:
    """An input."""
    return InputSummary(Path(f"/data/{name}"), "csv", 1, 1, read)


def test_each_property_has_words() -> None:
    (view,) = reading_views([summary("a.csv", reading())])
    assert {one.called: one.value for one in view.properties} == {
        "Encoding": "CP1252", "Lines end with": "CR LF, as Windows writes it", "Between cells": "a semicolon ;",
        "Around cells": 'a double quote "', "Escape sign": "nothing", "Left out above the table": "1 line",
        "Comments begin with": "nothing", "First row": "is data", "Before decimals": "a comma ,",
        "Between thousands": "nothing",
    }  # fmt: skip
    assert {one.sure for one in view.properties} == {"97% sure, by its first rows"}
    (column,) = view.columns
    assert column.why == "as %d.%m.%Y; 'NA' for no value; without the blanks around cells"


def test_who_says_it_has_words() -> None:
    words = {by: reading_views([summary("a", reading(by))])[0].properties[0].sure for by in ("said", "usual", "proved")}
    assert words == {"said": "said", "usual": "as usual", "proved": "proved by every row, 97 % of them"}


def test_one_column_a_tab_and_signs_without_a_name() -> None:
    values = [
        reading_views([summary("a", reading(delimiter=sign))])[0].properties[2].value for sign in (None, "\t", "~")
    ]
    assert values == ["nothing: one column", "a tab", "'~'"]


def test_files_that_were_read_alike_are_told_of_once() -> None:
    files = [summary(f"{number}.csv", reading()) for number in range(5)]
    views = reading_views([*files, summary("x.bin", None), summary("other.csv", reading(delimiter=","))])
    assert [(len(view.paths), view.more) for view in views] == [(3, "and 2 files more, read alike"), (1, "")]


def test_of_many_ways_the_page_shows_some() -> None:
    inputs = tuple(summary(f"{number}.csv", reading(skip_lines=number)) for number in range(40))
    html = render_html(results.result(inputs=inputs), results.config())
    assert html.count('<table class="stacks read"') == 2 * MOST_READINGS
    assert "30 other ways" in html


def test_names_and_signs_of_strangers_are_text() -> None:
    bad = results.HOSTILE
    read = reading(delimiter=bad, encoding=bad, quote=bad) | {
        "columns": [_COLUMN | {"name": bad, "nulls": [bad]}] * 500
    }
    page = _Page(render_html(results.result(inputs=(summary("a.csv", read),)), results.config()))
    assert "script" not in {tag for tag, _ in page.seen}
    assert "{{ 7*7 }}" in page.text
    assert "440 columns more" in page.text
