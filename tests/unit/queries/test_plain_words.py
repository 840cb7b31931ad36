"""What DuckDB says, in words for a user; and what is written down of a question."""

from __future__ import annotations

import pytest

from etl_batch.audit.events import Outcome
from etl_batch.errors import Cancelled, QueryInvalid, TimedOut
from etl_batch.queries.ask_sql import event_of
from etl_batch.queries.plain_words import in_plain_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            'Binder Error: Referenced column "x" not found!\nCandidate bindings: "id"\n\nLINE 1: select x\n      ^',
            'Referenced column "x" not found; Candidate bindings: "id" (at: select x)',
        ),
        ("Invalid Input Error: Wrong size in /proc/self/fd/5.", "Wrong size in the file"),
        ("Catalog Error: f is not here\nPlease try installing it:\nX;", "f is not here; no extension is loaded here"),
    ],
)  # fmt: skip
def test_neither_kinds_of_errors_nor_drawings_nor_own_paths(said: str, words: str) -> None:
    assert in_plain_words(said, ("/proc/self/fd/5",)) == words


def test_each_end_is_written_down() -> None:
    done = event_of("output/a.csv", "select 1", None, {"rows": 3, "truncated": False})
    assert (done.outcome, done.target) == (Outcome.OK, "output/a.csv")
    assert done.detail == {"statement": "select 1", "rows": 3, "truncated": False}
    refused = event_of("a", "copy", QueryInvalid("no"), {})
    assert (refused.outcome, refused.detail["error"]) == (Outcome.REFUSED, "E_QUERY")
    late = event_of("a", "select 1", TimedOut("late"), {})
    assert (late.outcome, late.detail["error"]) == (Outcome.FAILED, "E_TIMEOUT")
    stopped = event_of("a", "select 1", Cancelled("stopped"), {})
    assert (stopped.outcome, stopped.detail["state"]) == (Outcome.OK, "cancelled")


def test_of_a_long_statement_the_log_has_the_beginning_and_the_hash() -> None:
    found = event_of("a", "s" * 5000, None, {})
    assert found.detail["statement"] == "s" * 2000
    assert found.detail["statement_sha256"] == "deea0b92f81e8c0f045a2f9e222b53f396e87decf77d698d0c887c852359d794"
