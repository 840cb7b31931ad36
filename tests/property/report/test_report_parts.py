"""What the report makes of texts, numbers, points and strata."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.machine.series import halved
from etl_batch.report import estimate_view, forest_plot, profile_chart, scale
from etl_batch.text import number_text
from etl_batch.text.shown_text import is_shown_whole, shown
from etl_batch.values import ProfilePoint
from tests.data_makers.golden import results

TEXTS = st.text(st.characters(codec=None), max_size=400)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(TEXTS, st.integers(10, 100))
def test_shown_texts_fit_and_hide_nothing(text: str, columns: int) -> None:
    found = shown(text, columns)
    assert sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in found) <= columns
    assert all(unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} for character in found)
    found.encode()


@given(st.text(st.characters(categories=["L", "N"]), max_size=20))
def test_plain_short_texts_stay_what_they_are(text: str) -> None:
    assert is_shown_whole(text, 60)


@given(st.text("ab", min_size=200, max_size=300))
def test_long_texts_keep_both_ends(text: str) -> None:
    found = shown(text, 21)
    assert (found[:10], found[10], found[11:]) == (text[:10], "…", text[-10:])


@given(NUMBERS.filter(lambda value: not 1.797e308 < abs(value) < math.inf))
def test_amounts_read_back(value: float) -> None:
    text = number_text.amount(value)
    if not math.isfinite(value):
        assert text == number_text.UNKNOWN
    else:
        back = float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
        assert math.isclose(back, value, rel_tol=1e-3, abs_tol=0) or abs(value) < 1e-300


@given(NUMBERS, st.integers(1, 5))
def test_percentages_are_never_nan(value: float, digits: int) -> None:
    text = number_text.percent(value, digits)
    assert "nan" not in text
    assert "inf" not in text


@given(st.floats(1e-300, 1e300))
def test_axes_end_at_a_round_number_not_far_above(value: float) -> None:
    top = scale.round_up(value)
    assert value <= top <= 2.6 * value
    assert len(scale.ticks(top, 5)) <= 6


POINTS = st.builds(
    ProfilePoint,
    seconds=st.floats(0, 1e6),
    cpu_percent=st.lists(st.floats(0, 100), max_size=4).map(tuple),
    rss_bytes=st.integers(0, 2**50),
    read_mb_s=st.floats(0, 1e5),
    write_mb_s=st.floats(0, 1e5),
    gpu_percent=st.none() | st.floats(0, 100),
    gpu_memory_bytes=st.none() | st.integers(0, 2**40),
)


@given(st.lists(POINTS, max_size=30))
def test_halving_keeps_the_end_the_peak_and_the_mean(points: list[ProfilePoint]) -> None:
    found = halved(points)
    assert len(found) == (len(points) + 1) // 2
    if points:
        assert found[-1].seconds == points[-1].seconds
        assert max(point.rss_bytes for point in found) == max(point.rss_bytes for point in points)
    if len(points) % 2 == 0 and points:
        before, after = (sum(point.read_mb_s for point in group) / len(group) for group in (points, found))
        assert math.isclose(before, after, rel_tol=1e-6, abs_tol=1e-2)


@given(st.lists(POINTS, min_size=2, max_size=30))
def test_curves_stay_in_their_box(points: list[ProfilePoint]) -> None:
    ordered = tuple(replace(point, seconds=0.5 + number) for number, point in enumerate(points))
    chart = profile_chart.profile_chart_of(replace(results.profile(2), points=ordered), ())
    assert chart is not None
    for panel in chart.panels:
        for curve in panel.curves:
            places = [float(part) for part in curve.path.strip("MZ").replace("L", " ").split()]
            assert all(0 <= x <= profile_chart.WIDTH for x in places[::2])
            assert all(0 <= y <= profile_chart.HEIGHT for y in places[1::2])


@given(st.integers(0, 120), st.integers(0, 9))
def test_every_stratum_is_shown_or_summed(count: int, seed: int) -> None:
    estimate = results.estimate("value", count, seed)
    view = estimate_view.view_of(estimate)
    rest = view.others
    assert len(view.biggest) + (rest.strata if rest else 0) == count
    summed = math.fsum(stratum.total for stratum, _ in view.biggest) + (rest.total if rest else 0.0)
    assert math.isclose(summed, estimate.total, rel_tol=1e-9, abs_tol=1e-9)
    if rest:
        shown_rows = [stratum.population for stratum, _ in view.biggest]
        assert min(shown_rows) >= max(stratum.population for stratum in estimate.strata[len(shown_rows) :])


@given(st.integers(1, 60), st.integers(0, 9))
def test_the_forest_says_what_the_figures_say(count: int, seed: int) -> None:
    """A drawn interval crosses the line of the exact totals exactly where the table says that it holds."""
    plot = forest_plot.forest_of(estimate_view.view_of(results.estimate("value", count, seed)))
    assert plot is not None
    for row in plot.rows:
        assert plot.left <= row.low <= row.at <= row.high <= plot.right
        if row.held == estimate_view.Held.YES:
            assert row.low - 0.01 <= plot.zero <= row.high + 0.01
        if row.held == estimate_view.Held.NO:
            assert row.high <= plot.zero + 0.01 or row.low >= plot.zero - 0.01
