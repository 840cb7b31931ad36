"""What is left of a run without its options: names, no folders; results, no way in which they were made."""

from __future__ import annotations

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.jobs.without_options import names_of, without_options


def _job() -> JobView:
    return JobView(
        job_id="J1", state=State.DONE, actor="ada", role=None, created_at="2026-01-01T00:00:00Z", pid=7,
        error_message="/home/data/A.csv: row 1", name="June", note="For Eve",
        config={
            "home": "/home", "inputs": ["/home/data/A.csv", "/home/data/2024/"], "output_csv": "/home/output/b.csv",
            "output_parquet": "/home/output/parts/", "types": "a=i32", "escaping": "on",
        },
        metadata={"config": {"types": "a=i32"}, "reading": {}, "rows_in": 1, "notes": ["/home"], "outputs": []},
    )  # fmt: skip


def test_names_without_folders_and_results_without_options() -> None:
    seen = without_options(_job())
    assert seen.config == {
        "inputs": ["A.csv", "2024/"], "output_csv": "b.csv", "output_parquet": "parts/", "escaping": "on",
    }  # fmt: skip
    assert seen.metadata == {"rows_in": 1, "outputs": []}
    assert (seen.error_message, seen.pid, seen.name) == (None, None, "June")


def test_a_search_finds_names_and_no_folder() -> None:
    found = names_of(_job())
    assert all(text in found for text in ("a.csv", "b.csv", "parts/", "june", "for eve", "j1"))
    assert not any(text in found for text in ("home", "i32"))
