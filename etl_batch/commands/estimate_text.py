"""The answer as text for a terminal. Pure."""

from __future__ import annotations

from etl_batch.file_estimate.answer import Answer
from etl_batch.text.number_text import exact_amount
from etl_batch.values import StratumEstimate, TotalEstimate

_STRATA_SHOWN = 8
_NAME_CHARACTERS = 32
_HEADINGS = ("", "total", "±", "low", "high", "exact")


def render(answer: Answer) -> str:
    """Tables of the totals, what was read, how, and what to beware of."""
    lines: list[str] = []
    for estimate in answer.estimates:
        lines += _table(estimate)
        lines.append("")
    lines += _about_rows(answer)
    if answer.designs:
        lines += _about_design(answer)
    lines += [f"Note: {note}." for note in answer.notes]
    for estimate in answer.estimates:
        lines += [f"Warning, {estimate.measure}: {warning}." for warning in estimate.warnings]
    return "\n".join(lines) + "\n"


def _table(estimate: TotalEstimate) -> list[str]:
    exact = estimate.exact_total is not None
    rows: list[tuple[str, ...]] = [_line(estimate.measure, estimate)]
    largest = sorted(estimate.strata, key=lambda stratum: (-abs(stratum.total), stratum.stratum))
    rows += [_line(f"  {_cut(stratum.stratum)}", stratum) for stratum in largest[:_STRATA_SHOWN]]
    headings = (*_HEADINGS[:4], f"{_HEADINGS[4]} ({100 * estimate.confidence:g} %)", _HEADINGS[5])
    table = [headings, *rows]
    shown = [line if exact else line[:-1] for line in table]
    widths = [max(len(line[place]) for line in shown) for place in range(len(shown[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in shown
    ]
    more = len(estimate.strata) - _STRATA_SHOWN
    return [*lines, f"  ... and {more:,} more strata (--json lists them)"] if more > 0 else lines


def _line(name: str, estimate: TotalEstimate | StratumEstimate) -> tuple[str, ...]:
    exact = "" if estimate.exact_total is None else exact_amount(estimate.exact_total, estimate.exact_total_text)
    if estimate.ci_low is None or estimate.ci_high is None:
        return name, _number(estimate.total), "unknown", "", "", exact
    half = max(estimate.ci_high - estimate.total, estimate.total - estimate.ci_low)
    width = "exact" if half == 0 else f"{100 * half / abs(estimate.total):.2f} %" if estimate.total else _number(half)
    if width == "exact" and exact:
        return name, exact, width, exact, exact, exact
    return name, _number(estimate.total), width, _number(estimate.ci_low), _number(estimate.ci_high), exact


def _number(value: float) -> str:
    """With as many digits as tell something."""
    if abs(value) >= 1e15:
        return f"{value:.6g}"
    digits = 0 if value == round(value) or abs(value) >= 10_000 else 2
    return f"{value:,.{digits}f}"


def _cut(name: str) -> str:
    printable = name if name.isprintable() else repr(name)
    return printable if len(printable) <= _NAME_CHARACTERS else f"{printable[: _NAME_CHARACTERS - 3]}..."


def _about_rows(answer: Answer) -> list[str]:
    """How much was read, and of how much."""
    rows = answer.rows
    population = rows.rows_population
    known = "" if rows.exact_total is not None or "ratio" not in rows.method else "about "
    share = f" ({100 * answer.bytes_read / answer.bytes_of_file:.2f} % of its bytes)" if answer.bytes_of_file else ""
    of = "of a file of" if answer.bytes_read > answer.bytes_of_file else "of"  # a sample that did not do counts, too
    read = f"Read {answer.rows_read:,} of {known}{population:,} rows"
    lines = [f"{read} and {answer.bytes_read:,} {of} {answer.bytes_of_file:,} bytes, from {answer.source}{share}."]
    if answer.filtered:
        lines.append(f"Rows that fulfil the condition: {_range(rows)}.")
    return lines


def _range(rows: TotalEstimate) -> str:
    if rows.exact_total is not None:
        return f"{rows.total:,.0f}"
    if rows.ci_low is None or rows.ci_high is None:
        return f"about {rows.total:,.0f}, without an interval"
    return f"about {rows.total:,.0f} ({max(rows.ci_low, 0):,.0f} to {rows.ci_high:,.0f})"


def _about_design(answer: Answer) -> list[str]:
    lines = []
    for name, design in answer.designs.items():
        if name == answer.rows.measure and len(answer.designs) > 1:
            continue
        effect = "cannot be told" if design.design_effect is None else f"{design.design_effect:.2f}"
        lines.append(
            f"Design, {name}: {design.name}, {design.units_read:,} of {design.units:,}; {design.estimator} "
            f"({design.reason}); design effect {effect}."
        )
    return lines
