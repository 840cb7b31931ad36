"""What a job is given of its surroundings."""

from __future__ import annotations

from etl_batch.jobs.launcher import clean_environment


def test_a_job_knows_nothing_that_is_secret() -> None:
    passed = {"PATH": "/bin", "TZ": "UTC", "ETL_INPUT_ROOTS": "/x", "ETL_LIMIT_WORKERS": "2", "LANG": "C"}
    kept = {"AWS_SECRET_ACCESS_KEY": "s", "ETL_OIDC_SECRET": "s", "PYTHONPATH": "/evil", "LD_PRELOAD": "/evil.so"}
    assert clean_environment(passed | kept) == passed
