"""A job in words: pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.report.verdict import Verdict
from etl_batch.text.number_text import UNKNOWN, about, count, counted, data_size, percent, rate
from etl_batch.text.numbers import is_number
from etl_batch.text.plain_values import value_of
from etl_batch.text.shown_text import shown
from etl_batch.values import Replaced

#: a word, an icon and a colour of the theme; the meaning never hangs on the colour alone
STATE_MARKS: Mapping[State, tuple[str, str, str]] = {
    State.QUEUED: ("queued", ":material/schedule:", "gray"),
    State.RUNNING: ("running", ":material/play_circle:", "blue"),
    State.CANCELLING: ("cancelling", ":material/hourglass_top:", "orange"),
    State.DONE: ("done", ":material/check_circle:", "green"),
    State.FAILED: ("failed", ":material/error:", "red"),
    State.CANCELLED: ("cancelled", ":material/cancel:", "gray"),
    State.INTERRUPTED: ("interrupted", ":material/power_off:", "orange"),
}
#: a done job that is not simply good has a mark of its own: it is not green
_VERDICT_MARKS: Mapping[Verdict, tuple[str, str, str]] = {
    Verdict.LOOK: ("done, look at it", ":material/visibility:", "orange"),
    Verdict.DOUBTFUL: ("doubtful", ":material/report:", "red"),
}
Outcome = State | Verdict
OUTCOMES: tuple[Outcome, ...] = (*State, *_VERDICT_MARKS)  #: in the order of a legend
_PHASES = {
    "start": "starting",
    "unpack": "unpacking",
    "check": "checking rows",
    "convert": "converting",
    "publish": "publishing",
}


_SENTENCES: Mapping[State, str] = {
    State.QUEUED: "It waits for its turn: only so many jobs run at once.",
    State.RUNNING: "It runs in a process of its own; this page may be closed.",
    State.CANCELLING: "It was asked to stop, and is putting its part files away.",
    State.FAILED: "It stopped; the old outputs are as they were.",
    State.CANCELLED: "The old outputs are as they were. It cannot go on, but it can be run again.",
    State.INTERRUPTED: "Its process is gone without a word (killed, or the machine restarted). It can go on.",
}


def outcome_of(job: JobView) -> Outcome:
    """The state of a job; of one that is done and not simply good, its verdict."""
    if job.state is not State.DONE or job.verdict is None:
        return job.state
    return job.verdict if job.verdict in _VERDICT_MARKS else job.state


def mark_of(outcome: Outcome) -> tuple[str, str, str]:
    """Its word, icon and colour."""
    return _VERDICT_MARKS[outcome] if isinstance(outcome, Verdict) else STATE_MARKS[outcome]


def state_sentence(job: JobView) -> str:
    """What it means to whoever looks."""
    return _done_sentence(job) if job.state is State.DONE else _SENTENCES[job.state]


def _done_sentence(job: JobView) -> str:
    """What came of the rows: that alone needs an action. Intervals and machines are said elsewhere."""
    rows, bad = job.rows_in or 0, job.rows_quarantined or 0
    if not rows:
        return "No row was read: the outputs are published with their columns, and nothing else."
    if not bad:
        look = " There is something to look at: the report says what." if job.verdict is Verdict.LOOK else ""
        return f"All {counted(rows, 'row')} are in the outputs, which are published whole.{look}"
    share = f"{count(bad)} of {counted(rows, 'row')} ({percent(bad / rows, 2)})"
    if job.verdict is Verdict.DOUBTFUL:
        return f"The result is in doubt: {share} were bad and are not in it. Find out why before you trust it."
    return f"{share} were bad and are set aside; all others are in the outputs, which are published whole."


def progress_line(job: JobView) -> str:
    """`43 % · 310 MB/s · 4,100,000 rows · about 12 s left · converting`."""
    now = job.progress
    parts = [f"{now.share:.0%}".replace("%", " %")]
    parts += [] if now.mb_s is None else [rate(now.mb_s)]
    parts.append(f"{count(now.rows)} rows")
    parts += [] if now.eta_seconds is None else [f"{about(max(now.eta_seconds, 0.0))} left"]
    parts.append(_PHASES.get(now.phase, now.phase or "starting"))
    return " · ".join(parts)


def inputs_in_short(config: Mapping[str, Any], columns: int = 60) -> str:
    """`sales.csv`, or `sales.csv and 2 more`."""
    inputs = [str(path) for path in config.get("inputs", ())]
    if not inputs:
        return UNKNOWN
    first = inputs[0].rstrip("/").rsplit("/", 1)[-1] or inputs[0]
    return shown(first, columns) + (f" and {len(inputs) - 1} more" if len(inputs) > 1 else "")


def outputs_in_short(config: Mapping[str, Any], columns: int = 60) -> str:
    """`sales.csv`, or `sales.csv and 1 more`; a folder of parts ends in `/`."""
    outputs = [str(config[kind]) for kind in ("output_csv", "output_parquet") if config.get(kind)]
    if not outputs:
        return UNKNOWN
    bare = outputs[0].rstrip("/")
    first = bare.rsplit("/", 1)[-1] + ("/" if outputs[0] != bare else "")
    return shown(first, columns) + (f" and {len(outputs) - 1} more" if len(outputs) > 1 else "")


def throughput(job: JobView) -> str:
    """Of a job that is done, `310 MB/s`."""
    value = (job.metadata or {}).get("throughput_mb_s")
    return UNKNOWN if value is None else rate(value)


def bytes_in_words(value: object) -> str:
    """A size that metadata holds."""
    return data_size(value) if is_number(value) else UNKNOWN


def replaced_of(old: Mapping[str, Any]) -> Replaced:
    """What an output takes or took the place of, from the JSON of the check and of metadata."""
    return value_of(Replaced, old)
