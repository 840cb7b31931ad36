"""How many bad rows are too many: the rule, and how it is asked for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.commands.run_flags import parse_run
from etl_batch.config import OnBadRow
from etl_batch.errors import EXIT_REFUSED, ConfigError
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.pipeline.bad_rows import refusal_of
from etl_batch.text.typed_options import BadRowLimit
from tests.conftest import Home


@pytest.mark.parametrize(
    ("rows", "bad", "limit", "code"),
    [
        (0, 0, None, None),  # a header alone
        (0, 0, "0", None),
        (1, 1, None, "E_NO_GOOD_ROW"),
        (5, 5, "100%", "E_NO_GOOD_ROW"),
        (5, 4, None, None),
        (5, 1, "0", "E_TOO_MANY_BAD_ROWS"),
        (5, 1, "1", None),
        (5, 2, "1", "E_TOO_MANY_BAD_ROWS"),
        (1000, 5, "0.5%", None),
        (1000, 6, "0.5%", "E_TOO_MANY_BAD_ROWS"),
        (5, 4, "100%", None),
    ],
)
def test_the_rule(rows: int, bad: int, limit: str | None, code: str | None) -> None:
    refusal = refusal_of(rows, bad, limit)
    assert (refusal and refusal.code) == code
    assert refusal is None or refusal.exit_code == EXIT_REFUSED


@given(st.integers(1, 10**15), st.integers(0, 10**15), st.integers(0, 10**9))
def test_a_share_is_exact_at_its_boundary(rows: int, bad: int, millionths: int) -> None:
    limit = BadRowLimit.parse(f"{millionths // 10**7}.{millionths % 10**7:07d}%")
    assert limit.allows(bad, rows) == (Fraction(bad, rows) <= Fraction(millionths, 10**9))


@pytest.mark.parametrize("text", ["", "-1", "1.5", "101%", "5%%", "%", "half", "1e3", "5 rows"])
def test_what_is_no_limit_is_refused(home: Home, text: str) -> None:
    with pytest.raises(ConfigError, match="--max-bad-rows"):
        home.config(max_bad_rows=text, on_bad_row=OnBadRow.QUARANTINE)


def test_a_limit_says_that_bad_rows_are_set_aside_unless_strict_is_asked_for(home: Home) -> None:
    words = [f"--home={home.path}", "--max-bad-rows=5%"]
    assert parse_run(words).config.on_bad_row is OnBadRow.QUARANTINE
    assert parse_run([*words, "--on-bad-row=quarantine"]).config.max_bad_rows == "5%"
    assert parse_run(words[:1]).config.on_bad_row is OnBadRow.STRICT
    with pytest.raises(ConfigError, match="the first bad row stops the job"):
        parse_run([*words, "--on-bad-row=strict"])


def test_a_job_that_was_stored_before_there_was_a_limit_has_none(home: Home) -> None:
    stored = as_json(home.config(on_bad_row=OnBadRow.QUARANTINE))
    del stored["max_bad_rows"]
    assert from_json(stored).max_bad_rows is None
