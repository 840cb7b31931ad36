"""Which reports there are, and what their titles say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl_batch.errors import EtlError, Forbidden, NotFound, PathTraversal
from etl_batch.pipeline.outputs.claims import LATEST_REPORT as LATEST
from pages.services.report_list import ReportVerdict, find_report, list_reports, report_bytes
from tests.unit.pages.conftest import ANALYST, AUDITOR


def _put(home: Path, name: str, title: str, mtime: float = 1e9) -> None:
    (home / "report").mkdir(exist_ok=True)
    path = home / "report" / name
    path.write_text(f"<!DOCTYPE html><html><head><title>{title}</title></head></html>")
    os.utime(path, (mtime, mtime))


def test_the_report_of_a_job_is_listed_with_its_verdict(results_home: Path) -> None:
    found = list_reports(results_home, ANALYST)
    assert found.total == 1
    entry = found.entries[0]
    assert entry.name == f"{entry.job}.html"
    assert entry.verdict in {ReportVerdict.PASSED, ReportVerdict.LOOK}
    assert report_bytes(results_home, ANALYST, entry.name) == (results_home / "report" / entry.name).read_bytes()


def test_newest_first_page_by_page(tmp_path: Path) -> None:
    for number in range(7):
        _put(tmp_path, f"job-{number}.html", f"Passed · job-{number} · Quantum ETL report", 1e9 + number)
    _put(tmp_path, LATEST, "Passed · job-6 · Quantum ETL report", 2e9)
    first = list_reports(tmp_path, ANALYST, limit=3)
    second = list_reports(tmp_path, ANALYST, offset=3, limit=3)
    assert first.total == second.total == 7
    assert [entry.job for entry in (*first.entries, *second.entries)] == [f"job-{at}" for at in (6, 5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("title", "verdict", "job"),
    [
        ("Passed · j · Quantum ETL report", ReportVerdict.PASSED, "j"),
        ("Failed · j · Quantum ETL report", ReportVerdict.FAILED, "j"),
        ("Doubtful · j · Quantum ETL report", ReportVerdict.DOUBTFUL, "j"),
        ("Done, with something to look at · a · b · Quantum ETL report", ReportVerdict.LOOK, "a · b"),
        ("Passed · &lt;b&gt; · Quantum ETL report", ReportVerdict.PASSED, "<b>"),
        ("Passed", ReportVerdict.UNKNOWN, "x"),
        ("", ReportVerdict.UNKNOWN, "x"),
    ],
)
def test_titles(tmp_path: Path, title: str, verdict: ReportVerdict, job: str) -> None:
    _put(tmp_path, "x.html", title)
    found = list_reports(tmp_path, ANALYST).entries[0]
    assert (found.verdict, found.job) == (verdict, job)


def test_no_folder_is_no_report(tmp_path: Path) -> None:
    assert list_reports(tmp_path, ANALYST).total == 0


def test_what_is_no_plain_report_is_left_out(tmp_path: Path) -> None:
    _put(tmp_path, "ok.html", "Passed · ok · Quantum ETL report")
    (tmp_path / "secret").write_text("<title>Passed · stolen · Quantum ETL report</title>")
    (tmp_path / "report" / "link.html").symlink_to(tmp_path / "secret")
    (tmp_path / "report" / "folder.html").mkdir()
    (tmp_path / "report" / "notes.txt").write_text("")
    assert [entry.name for entry in list_reports(tmp_path, ANALYST).entries] == ["ok.html"]
    for name in ("link.html", "folder.html", "notes.txt", "gone.html"):
        with pytest.raises(EtlError):
            find_report(tmp_path, ANALYST, name)


def test_only_names_lead_to_reports(tmp_path: Path) -> None:
    _put(tmp_path, "ok.html", "Passed · ok · Quantum ETL report")
    (tmp_path / "outside.html").write_text("outside")
    with pytest.raises(PathTraversal):
        report_bytes(tmp_path, ANALYST, "../outside.html")
    with pytest.raises(NotFound):
        report_bytes(tmp_path, ANALYST, "gone.html")


def test_auditors_see_no_reports(tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        list_reports(tmp_path, AUDITOR)
    with pytest.raises(Forbidden):
        report_bytes(tmp_path, AUDITOR, "x.html")
