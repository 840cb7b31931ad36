"""The forest plot as HTML of ours: no script of a chart stands between a question and its answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from etl_batch.report.scale import round_up
from etl_batch.text.number_text import amount_of_digits
from etl_batch.text.shown_text import shown
from etl_batch.ui.charts import Palette
from pages.views.forest import ForestLine

_NAME_COLUMNS = 22
_MOST_POWERS = 6  #: labels on an axis in powers of ten
_GRID = "display: grid; grid-template-columns: minmax(5.5rem, 26%) 1fr; column-gap: 0.75rem"
_AT = "position: absolute; left: {0:.2f}%"


@dataclass(frozen=True, slots=True)
class Axis:
    """Where values are on the plot."""

    place: Callable[[float], float]  #: of a value: percent of the width
    ticks: tuple[tuple[float, str], ...]  #: value and label


def forest_plot(lines: Sequence[ForestLine], title: str, colours: Palette, *, is_deviation: bool) -> str:
    """The plot. Pure.

    Args:
        lines: one or more, from the top down.
        title: of the axis, words of ours.
        colours: of the theme.
        is_deviation: whether 0 is the truth; else the axis has powers of ten where all bounds allow it.
    """
    axis = _axis(lines, is_deviation=is_deviation)
    grid = "".join(_mark(axis.place(value), "1px", colours.line, "0; bottom: 0") for value, _ in axis.ticks)
    rows = "".join(_row(line, axis, grid, colours) for line in lines)
    labels = "".join(
        f'<span style="{_AT.format(axis.place(value))}; transform: translateX(-50%)">{escape(label)}</span>'
        for value, label in axis.ticks
    )
    alt = f"{len(lines)} lines with their intervals, {title}; the table beneath has the figures"
    return (
        f'<div role="img" aria-label="{escape(alt)}" style="font-size: 0.8125rem; color: {colours.text}">'
        f"{_legend(lines, colours)}{rows}"
        f'<div style="{_GRID}; height: 1.5rem; color: {colours.soft}"><span></span>'
        f'<div style="position: relative; margin: 0 1.5rem">{labels}</div></div>'
        f'<div style="text-align: center; color: {colours.soft}">{escape(title)}</div></div>'
    )


def _row(line: ForestLine, axis: Axis, grid: str, colours: Palette) -> str:
    low, high, at = axis.place(line.low), axis.place(line.high), axis.place(line.at)
    marks = (
        f'<span style="{_AT.format(low)}; width: {max(high - low, 0.0):.2f}%; top: calc(50% - 1px); height: 2px;'
        f' background: {colours.accent}"></span>'
        f'<span style="{_AT.format(at)}; width: 8px; height: 8px; top: calc(50% - 4px); margin-left: -4px;'
        f' border-radius: 50%; background: {colours.accent}"></span>'
    )
    if line.exact is not None:
        marks += _mark(axis.place(line.exact), "3px", colours.second, "15%; height: 70%")
    name = escape(shown(line.name, _NAME_COLUMNS))
    return (
        f'<div title="{escape(line.text)}" style="{_GRID}; height: 1.5rem; align-items: center">'
        f'<span style="text-align: right; white-space: nowrap; overflow: hidden; text-overflow: ellipsis">{name}</span>'
        f'<div style="position: relative; height: 100%; margin: 0 1.5rem">{grid}{marks}</div></div>'
    )


def _mark(place: float, width: str, colour: str, top: str) -> str:
    """An upright stroke."""
    return (
        f'<span style="{_AT.format(place)}; width: {width}; margin-left: calc({width} / -2); top: {top};'
        f' background: {colour}"></span>'
    )


def _legend(lines: Sequence[ForestLine], colours: Palette) -> str:
    dot = f"display: inline-block; width: 8px; height: 8px; border-radius: 50%; background: {colours.accent}"
    tick = f"display: inline-block; width: 3px; height: 0.9em; vertical-align: -0.1em; background: {colours.second}"
    known = any(line.exact is not None for line in lines)
    exact = f'<span><span style="{tick}"></span> exact</span>' if known else ""
    return (
        '<div style="display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding-bottom: 0.5rem">'
        f'<span><span style="{dot}"></span> estimate with its interval</span>{exact}</div>'
    )


def _axis(lines: Sequence[ForestLine], *, is_deviation: bool) -> Axis:
    values = [value for line in lines for value in (line.low, line.high, line.at)]
    values += [line.exact for line in lines if line.exact is not None]
    lowest, highest = min(values), max(values)
    if is_deviation:
        end = round_up(max(-lowest, highest))
        return _even(-end, end, (-end, -end / 2, 0.0, end / 2, end))
    if lowest > 0:
        return _powers(lowest, highest)
    start, end = (-round_up(-lowest) if lowest < 0 else 0.0), round_up(highest)
    return _even(start, end, (start, (start + end) / 2, end))


def _even(start: float, end: float, ticks: Sequence[float]) -> Axis:
    width = end - start
    labels = tuple((value, amount_of_digits(value, 3)) for value in ticks)
    return Axis(lambda value: 100 * (value - start) / width, labels)


def _powers(lowest: float, highest: float) -> Axis:
    """An axis on which equal ratios have equal lengths."""
    start, end = math.floor(math.log10(lowest)), math.ceil(math.log10(highest))
    end = max(end, start + 1)
    step = -(-(end - start) // _MOST_POWERS)
    labels = tuple((10.0**power, amount_of_digits(10.0**power, 3)) for power in range(start, end + 1, step))
    return Axis(lambda value: 100 * (math.log10(value) - start) / (end - start), labels)
