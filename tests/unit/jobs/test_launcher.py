"""What a job is given of its surroundings."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl_batch.jobs.launcher import clean_environment


def test_a_job_knows_nothing_that_is_secret() -> None:
    passed = {"PATH": "/bin", "TZ": "UTC", "ETL_INPUT_ROOTS": "/x", "ETL_LIMIT_WORKERS": "2", "LANG": "C"}
    kept = {"AWS_SECRET_ACCESS_KEY": "s", "ETL_OIDC_SECRET": "s", "PYTHONPATH": "/evil", "LD_PRELOAD": "/evil.so"}
    assert clean_environment(passed | kept) == passed


def test_folders_mean_the_same_where_the_job_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert clean_environment({"ETL_INPUT_ROOTS": "more::/x"}) == {"ETL_INPUT_ROOTS": f"{tmp_path}/more:/x"}
