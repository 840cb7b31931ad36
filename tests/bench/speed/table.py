"""The table of a run: for each work its contenders, and under them what became of its goals. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench.speed.cost import Entry, Result, cpu_seconds, ratio, seconds
from tests.bench.speed.goals import CP, POLARS, POLARS_SHA256, Verdict, verdicts

HEADINGS = ("", "s", "MB/s", "x Polars", "x P. + SHA", "x cp", "peak MB", "CPU ns/row", "CPU of P.")
_NONE = "-"
_NAME_WIDTH, _WIDTH = 24, 10


def cells(entry: Entry, result: Result) -> list[str]:
    """One contender: what stands under the headings."""
    rate = entry.input_bytes / 1e6 / entry.median(seconds)
    beside = [_speed(entry, result.entry(name)) for name in (POLARS, POLARS_SHA256, CP)]
    polars = result.entry(POLARS)
    share = _NONE if polars is None else f"{ratio(entry, polars, cpu_seconds):.2f}"
    per_row = f"{entry.median(cpu_seconds) / entry.rows * 1e9:,.0f}" if entry.rows else _NONE
    return [
        entry.name, f"{entry.median(seconds):.2f}", f"{rate:,.0f}" if entry.input_bytes else _NONE, *beside,
        f"{entry.peak_bytes / 1e6:,.0f}", per_row, share,
    ]  # fmt: skip


def _speed(entry: Entry, other: Entry | None) -> str:
    return _NONE if other is None else f"{ratio(other, entry, seconds):.2f}"


def outcome(verdict: Verdict) -> tuple[str, str]:
    """What a goal asks, and whether that is so: of what must hold, and of what is aimed at."""
    goal = verdict.goal
    least = "at least" if goal.what.more_is_better else "at most"
    must = "stated" if goal.at_least is None else f"{least} {goal.at_least:g}: {_word(verdict.holds, 'holds', 'FAILS')}"
    aim = "" if goal.goal is None else f"goal {goal.goal:g}: {_word(verdict.is_reached, 'reached', 'not reached')}"
    return must, aim


def _word(is_so: bool | None, yes: str, no: str) -> str:
    return yes if is_so else no


def head() -> str:
    """For a terminal: the line above all works."""
    return f"{_aligned(HEADINGS)}\n"


def block(result: Result) -> str:
    """For a terminal: the lines of a work, which can stand as soon as it was measured."""
    return "".join(f"{line}\n" for line in _lines(result))


def _lines(result: Result) -> Iterator[str]:
    yield title(result)
    for entry in result.entries:
        yield _aligned(cells(entry, result))
    for verdict in verdicts(result):
        yield f"    {verdict.said}; {'; '.join(filter(None, outcome(verdict)))}"


def _aligned(words: Sequence[str]) -> str:
    return f"  {words[0]:{_NAME_WIDTH}}" + "".join(f"{word:>{_WIDTH + 1}}" for word in words[1:])


def title(result: Result) -> str:
    """The work, with the size of its input."""
    first = result.entries[0]
    return f"{result.title} ({first.input_bytes / 1e6:,.0f} MB, {first.rows:,} rows)"


def markdown(results: Sequence[Result]) -> str:
    """For a page: one table of all that was measured, and one of the goals."""
    lines = [_row((HEADINGS[0] or "work", *HEADINGS[1:])), "|---|" + "---:|" * (len(HEADINGS) - 1)]
    for result in results:
        lines += [_row((f"**{title(result)}**", *[""] * (len(HEADINGS) - 1)))]
        lines += [_row(cells(entry, result)) for entry in result.entries]
    lines += ["", "| work | measured | must hold | aimed at |", "|---|---|---|---|"]
    lines += [
        _row((result.title, verdict.said, *outcome(verdict))) for result in results for verdict in verdicts(result)
    ]
    return "".join(f"{line}\n" for line in lines)


def _row(words: Sequence[str]) -> str:
    return f"| {' | '.join(words)} |"
