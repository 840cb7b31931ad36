"""Limits from the file, the environment, the defaults."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from etl_batch.errors import ConfigError
from etl_batch.jobs.limits import FILE_NAME, JobLimits, limits_of


def _write(home: Path, text: str) -> Path:
    (home / ".secrets").mkdir()
    (home / ".secrets" / FILE_NAME).write_text(text)
    return home


def test_defaults(tmp_path: Path) -> None:
    assert limits_of(tmp_path, {}) == JobLimits()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    _write(tmp_path, "jobs_at_once = 3\nqueue_length = 7\n")
    limits = limits_of(tmp_path, {"ETL_LIMIT_JOBS_AT_ONCE": "4"})
    assert (limits.jobs_at_once, limits.queue_length) == (4, 7)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("jobs_at_onec = 3", "jobs_at_onec"),
        ("jobs_at_once = 0", "jobs_at_once is 0"),
        ("jobs_at_once = true", "jobs_at_once is True"),
        ("keep_days = -1", "keep_days is -1"),
        ("keep_days = 1.5", "keep_days is 1.5"),
        ("keep_days", "limits.toml cannot be read"),
    ],
)
def test_what_nobody_can_mean_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        limits_of(_write(tmp_path, text), {})


def test_the_environment_is_checked_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ETL_LIMIT_WORKERS is 'many'"):
        limits_of(tmp_path, {"ETL_LIMIT_WORKERS": "many"})


def test_the_manual_has_every_limit() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "manual.md").read_text()
    for field in fields(JobLimits):
        assert f"| `{field.name}` | {field.default} |" in manual
