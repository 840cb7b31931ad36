"""What is shown is made of values: lines of the forest, words of a verdict."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from etl_batch.audit.findings import CheckedLog, Fault, Finding
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.text.plain_values import value_of
from etl_batch.ui.cards import as_cards
from etl_batch.ui.charts import DARK
from etl_batch.ui.table_export import as_json
from etl_batch.ui.tables import frame_of
from etl_batch.values import StratumEstimate, TotalEstimate
from pages.views.estimate_values import half_width, strata_table
from pages.views.forest import MOST_ROWS, biggest, deviations, totals
from pages.views.forest_plot import forest_plot
from pages.views.verdict_view import in_words

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


def _title_of_a_run(escaping: str | None) -> None:
    from etl_batch.jobs.job_view import JobView
    from etl_batch.jobs.states import State
    from pages.views.run_view import _show_title

    config = {"inputs": ["/home/data/a.csv"], "home": "/home"} | ({"escaping": escaping} if escaping else {})
    at = "2026-01-01T00:00:00Z"
    _show_title(
        JobView(job_id="x", state=State.DONE, actor="ada", role=None, created_at=at, seconds=1.0, config=config)
    )


@pytest.mark.parametrize(("escaping", "banners"), [("off", [NOT_ESCAPED]), ("on", []), (None, [])])
def test_the_page_of_a_run_without_escaping_has_a_red_banner(escaping: str | None, banners: list[str]) -> None:
    shown_page = AppTest.from_function(_title_of_a_run, kwargs={"escaping": escaping}).run()
    assert not shown_page.exception
    assert [element.value for element in shown_page.error] == banners


def _stratum(name: str, total: float, exact: float | None = None, sample: int = 50) -> StratumEstimate:
    return StratumEstimate(
        stratum=name, population=1000, sample=sample, total=total, std_error=1.0, ci_low=total - 2, ci_high=total + 2,
        exact_total=exact,
    )  # fmt: skip


def _total(*strata: StratumEstimate, exact: float | None = None) -> TotalEstimate:
    total = sum(stratum.total for stratum in strata)
    return TotalEstimate(
        measure="value", total=total, std_error=1.0, df=9.0, confidence=0.95, ci_low=total - 2, ci_high=total + 2,
        exact_total=exact, rows_population=1000, rows_sampled=50, method="m", strata=strata,
    )  # fmt: skip


def test_lines_are_deviations_from_the_exact_totals() -> None:
    lines = deviations(_total(_stratum("a", 110.0, 100.0), _stratum("b", 50.0, 0.0), exact=150.0))
    assert [line.name for line in lines] == ["All rows", "a"]
    assert lines[1].at == pytest.approx(10.0)
    assert (lines[1].low, lines[1].high) == pytest.approx((8.0, 12.0))
    assert lines[1].exact == 0.0


def test_a_negative_exact_total_keeps_low_below_high() -> None:
    line = deviations(_total(_stratum("a", -110.0, -100.0)))[0]
    assert line.low < line.at < line.high


def test_the_largest_strata_are_shown_and_all_are_in_the_table() -> None:
    estimate = _total(*(_stratum(f"s{at}", float(at)) for at in range(100)))
    assert [one.stratum for one in biggest(estimate)] == [f"s{at}" for at in range(99, 99 - MOST_ROWS, -1)]
    assert len(strata_table(estimate).rows) == 100


@given(TEXTS, st.booleans(), st.floats(-1e12, 1e12), st.none() | st.floats(-1e12, 1e12))
def test_the_plot_holds_no_markup_but_ours(name: str, is_deviation: bool, total: float, exact: float | None) -> None:
    estimate = _total(_stratum(name, total, exact), _stratum("b", 5.0, 6.0))
    html = forest_plot((deviations if is_deviation else totals)(estimate), "total", DARK, is_deviation=is_deviation)
    assert set(re.findall("<([^ >]*)", html)) == {"div", "/div", "span", "/span"}
    assert html.count('role="img"') == 1
    for place in re.findall(r"absolute; left: ([^%]*)%", html):
        assert -0.01 <= float(place) <= 100.01


def test_the_plot_has_powers_of_ten_where_it_can() -> None:
    lines = totals(_total(_stratum("a", 12.0, 11.0), _stratum("b", 90_000.0)))
    html = forest_plot(lines, "total", DARK, is_deviation=False)
    assert re.findall(r"translateX\(-50%\)\">([^<]*)<", html) == ["10", "100", "1,000", "10,000", "100,000"]


def test_few_rows_are_noted() -> None:
    rows = strata_table(_total(_stratum("few", 1.0, sample=5), _stratum("many", 2.0))).rows
    assert {str(row["stratum"]): row["note"] for row in rows} == {"many": None, "few": "low n"}


def test_half_a_width_needs_bounds_and_a_total() -> None:
    assert half_width(_total(_stratum("a", 10.0))) == pytest.approx(0.2)
    assert half_width(_total(_stratum("a", 0.0))) is None


@given(TEXTS, TEXTS)
def test_a_verdict_names_file_line_and_byte(file: str, reason: str) -> None:
    fault = Fault(file=file or "x", line=4711, byte=1234567, reason=reason, seq=12)
    said = in_words(CheckedLog(finding=Finding.TAMPERED, entries=11, fault=fault, reason=reason))
    assert "line 4,711, byte 1,234,567, where entry 12 belongs" in said
    assert "11 entries before it are sound" in said


@pytest.mark.parametrize("finding", [one for one in Finding if one is not Finding.SOUND])
def test_every_finding_has_words(finding: Finding) -> None:
    assert in_words(CheckedLog(finding=finding)).startswith("**")


def test_whole_numbers_that_a_browser_would_round_are_shown_digit_by_digit() -> None:
    large = 2**53 + 1
    table = strata_table(_total(_stratum("a", large, large), _stratum("b", 3, 3), exact=large + 3))
    kinds = {column.name: column.kind for column in table.columns}
    assert kinds["total"] == kinds["exact_total"] == "text"
    assert kinds["population"] == "count"
    frame = frame_of(table)
    assert list(frame["exact_total"]) == ["9007199254740993", "3"]
    assert [row["exact_total"] for row in json.loads(as_json(table))] == [large, 3]
    assert "9007199254740993" in as_cards(table, "strata", None)


def test_whole_totals_of_an_answer_have_all_their_digits() -> None:
    large = 9016206453997735993
    stratum = replace(_stratum("a", large, large), ci_low=large, ci_high=large)
    answer = json.loads(json.dumps(asdict(_total(stratum, exact=large))))
    (row,) = json.loads(as_json(strata_table(value_of(TotalEstimate, answer))))
    assert [row[name] for name in ("total", "ci_low", "ci_high", "exact_total")] == [large] * 4


def test_totals_of_whole_numbers_have_no_decimals() -> None:
    def decimals(*exact: float) -> set[int | None]:
        columns = strata_table(_total(*(_stratum(f"s{one}", 10.5, one) for one in exact), exact=exact[0])).columns
        return {column.decimals for column in columns if column.name in {"total", "ci_low", "ci_high", "exact_total"}}

    assert decimals(3, 7_000_000) == {0}
    assert decimals(3, 7.0) == {None}
