"""What came of a run, as metrics that can be compared: exact ones to the last digit, estimates as estimates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.text.number_text import UNKNOWN, amount, data_size, duration, percent, rate

_MINUS = "\N{MINUS SIGN}"
_DIGITS = 100  #: of differences: more than any total has
_OF_A_HASH = 16  #: letters: enough to tell two apart; the whole one stands with the output
InWords = Callable[[Decimal], str]


def exact_digits(value: Decimal) -> str:
    """`1,234,567.89`: all digits, and no decimals where there are none."""
    return f"{value:,f}".replace("-", _MINUS)


@dataclass(frozen=True, slots=True)
class RunMetric:
    """One metric of a run."""

    text: str
    value: Decimal | None = None  #: None: it is no number, or not known
    in_words: InWords = exact_digits  #: of a difference
    is_estimate: bool = False

    def less(self, other: RunMetric) -> str:
        """This less the other, with its sign; empty: they cannot be subtracted."""
        if self.value is None or other.value is None:
            return ""
        difference = _difference(self.value, other.value)
        sign = "+" if difference > 0 else _MINUS if difference < 0 else ""
        about = "about " if self.is_estimate or other.is_estimate else ""
        return f"{about}{sign}{self.in_words(difference.copy_abs())}"

    def share_of(self, other: RunMetric) -> str:
        """The difference as a share of the other, with its sign; empty: there is none."""
        if self.value is None or not other.value:
            return ""
        share = float(_difference(self.value, other.value) / other.value.copy_abs())
        return f"{'+' if share > 0 else ''}{percent(share)}"


NOTHING = RunMetric(UNKNOWN)


def metrics_of(job: JobView) -> dict[str, RunMetric]:
    """The metrics of a job by their names."""
    metadata = job.metadata or {}
    found = {
        "state": RunMetric(str(job.state)),
        "verdict": RunMetric(job.verdict or UNKNOWN),
        "rows in": _whole(job.rows_in),
        "rows out": _whole(job.rows_out),
        "rows set aside": _whole(job.rows_quarantined),
        "seconds": _measured(job.seconds, duration),
        "error": RunMetric(job.error_code or UNKNOWN),
    }
    if metadata:
        found["columns"] = RunMetric(", ".join(map(str, metadata.get("columns", ()))) or UNKNOWN)
        found["seconds for each MB"] = _seconds_per_mb(job.seconds, metadata.get("inputs", ()))
        found["throughput"] = _measured(metadata.get("throughput_mb_s"), rate)
        found["peak memory"] = _measured(metadata.get("peak_rss_bytes"), data_size)
        found["cells escaped"] = _whole(metadata.get("cells_escaped"))
        found["apostrophes inside cells"] = _whole(metadata.get("apostrophes_inside"))
    for output in metadata.get("outputs", ()):
        found[f"{output['format']} bytes"] = _whole(output["bytes"])
        found[f"{output['format']} sha256"] = RunMetric(
            f"{output['sha256'][:_OF_A_HASH]}…" if output["sha256"] else UNKNOWN
        )
    for estimate in metadata.get("estimates", ()):
        found.update(_totals(estimate))
    for rule in (metadata.get("contract") or {}).get("rules", ()):
        said = rule["found"]
        found[f"rule {rule['rule']}"] = RunMetric(str(said)) if said is not None else _whole(rule["rows"])
    return found


def _totals(estimate: Mapping[str, Any]) -> Iterator[tuple[str, RunMetric]]:
    """The exact total, and the estimate with its interval: never one beside the other's name."""
    exact = estimate.get("exact_total_text") or estimate.get("exact_total")
    if exact is not None:
        value = _decimal(exact)
        yield f"exact total of {estimate['measure']}", RunMetric(exact_digits(value), value)
    about = f"about {amount(estimate['total'])}"
    value = _decimal(estimate["total"])
    yield (
        f"estimate of {estimate['measure']}",
        RunMetric(about, value, lambda value: amount(float(value)), is_estimate=True),
    )
    if estimate["ci_low"] is not None and estimate["ci_high"] is not None and estimate["total"]:
        half = max(estimate["ci_high"] - estimate["total"], estimate["total"] - estimate["ci_low"])
        within = f"± {percent(half / abs(estimate['total']))}"
        yield f"{percent(estimate['confidence'])} error of {estimate['measure']}", RunMetric(within)


def _seconds_per_mb(seconds: float | None, inputs: Sequence[Mapping[str, Any]]) -> RunMetric:
    """What a run took, of all its inputs together: a larger file may take longer, and be as fast."""
    size = sum(int(one["bytes"]) for one in inputs)
    return NOTHING if seconds is None or not size else _measured(seconds / (size / 1e6), lambda value: f"{value:.3g} s")


def _whole(number: int | None) -> RunMetric:
    return NOTHING if number is None else RunMetric(exact_digits(Decimal(number)), Decimal(number))


def _measured(number: float | None, in_words: Callable[[float], str]) -> RunMetric:
    if number is None:
        return NOTHING
    return RunMetric(in_words(number), _decimal(number), lambda value: in_words(float(value)))


def _decimal(number: float | str) -> Decimal:
    """As it is written; a float that is whole has no decimals."""
    value = Decimal(str(number))
    return Decimal(int(value)) if value == value.to_integral_value() else value


def _difference(value: Decimal, other: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return value - other
