"""Every job ends with its report, and no job ends for want of one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from etl_batch.errors import ConfigError, NameClaimed, PathTraversal
from etl_batch.etl_core import run
from etl_batch.pipeline import conversion
from etl_batch.report import page
from tests.conftest import PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, records

CORE = PROJECT / "etl_batch" / "etl_core.py"


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_job_writes_its_report_and_the_latest(home: Home, command: Command) -> None:
    home.put("x.bin", records(50), LAYOUT)
    done = command(CORE, "--json", cwd=home.path)
    assert done.code == 0, done.err
    job_id = done.json()["job_id"]
    assert _names(home.path / "report") == [f"{job_id}.html", "etl_quantum_report.html"]
    own, latest = (home.path / "report" / name for name in _names(home.path / "report"))
    assert own.read_bytes() == latest.read_bytes()
    assert job_id in own.read_text()
    lines = done.err.splitlines()
    wanted = [
        "✅ Ingestion complete", "🧮 Running Quantum-Inspired Analytics...", "✅ Analytics complete",
        "📊 Generating Quantum Report...",
        f"✅ Report generated: ./report/etl_quantum_report.html (kept as {job_id}.html)",
        "✨ Pipeline Success! ✨",
    ]  # fmt: skip
    at = [next(number for number, line in enumerate(lines) if line.startswith(one)) for one in wanted]
    assert at == sorted(at)


def test_the_latest_is_replaced_and_older_reports_stay(home: Home) -> None:
    source = home.put("x.bin", records(5), LAYOUT)
    first, second = run(home.config(source)), run(home.config(source))
    assert _names(home.path / "report") == sorted(
        [f"{first.job_id}.html", f"{second.job_id}.html", "etl_quantum_report.html"]
    )
    assert second.job_id in (home.path / "report" / "etl_quantum_report.html").read_text()


def test_a_report_of_ones_own_keeps_the_old_one(home: Home) -> None:
    source = home.put("x.bin", records(5), LAYOUT)
    wanted = home.output / "mine.html"
    wanted.write_text("old")
    result = run(home.config(source, report=str(wanted)))
    assert result.report_paths == (wanted,)
    assert result.job_id in wanted.read_text()
    kept = [name for name in _names(home.output) if name.startswith("mine.html.bak.")]
    assert [(home.output / name).read_text() for name in kept] == ["old"]
    assert _names(home.path / "report") == []
    assert home.leftovers() == []


def test_a_report_in_the_place_of_another_says_whose_it_was(home: Home) -> None:
    source, wanted = home.put("x.bin", records(5), LAYOUT), home.output / "mine.html"
    notes: list[str] = []
    first = run(home.config(source, report=str(wanted)))
    second = run(home.config(source, report=str(wanted)), lambda report: notes.append(report.note))
    (old,) = (one for one in second.replaced if one.is_report)
    assert (old.path, old.job_id) == (wanted, first.job_id)
    assert first.job_id in old.kept.read_text()
    assert second.job_id in wanted.read_text()
    said = f"mine.html (the report of job {first.job_id}) will be replaced; the old one stays as {old.kept.name}"
    assert [note for note in notes if said in note]
    assert any(one["is_report"] for one in json.loads((home.output / "out.csv.meta.json").read_text())["replaced"])


def test_a_report_never_takes_the_place_of_what_another_job_wrote(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of what is there when the job begins, nor of what came since."""
    source, other = home.put("x.bin", records(5), LAYOUT), home.output / "other"
    run(home.config(source, output_csv=str(other)))
    before = other.read_bytes()
    with pytest.raises(NameClaimed, match="is an output, which a report cannot replace"):
        run(home.config(source, report=str(other)))
    assert other.read_bytes() == before
    later = home.output / "later"
    monkeypatch.setattr(conversion, "load_report_early", lambda: later.write_bytes(before))
    result = run(home.config(source, report=str(later)))
    assert "which a report cannot replace" in str(result.report_problem)
    assert later.read_bytes() == before


@pytest.mark.parametrize("name", ["out.csv", "out.csv.meta.json", "out.csv.rejected.csv", "out.csv/x.html"])
def test_a_report_in_the_place_of_an_output_is_refused(home: Home, name: str) -> None:
    source = home.put("x.bin", records(5), LAYOUT)
    with pytest.raises(ConfigError, match="would replace"):
        run(home.config(source, report=str(home.output / name)))
    assert _names(home.output) == []


def test_a_report_in_the_place_of_an_input_is_refused(home: Home) -> None:
    (home.output / "in.csv").write_text("a\n1\n")
    with pytest.raises(ConfigError, match="would replace"):
        run(home.config(home.output / "in.csv", report=str(home.output / "in.csv")))
    assert (home.output / "in.csv").read_text() == "a\n1\n"


def test_a_report_outside_is_refused_before_anything_is_written(home: Home) -> None:
    source = home.put("x.bin", records(5), LAYOUT)
    with pytest.raises(PathTraversal):
        run(home.config(source, report="/etc/report.html"))
    assert _names(home.output) == []


def test_without_a_report_folder_one_is_made(home: Home) -> None:
    (home.path / "report").rmdir()
    result = run(home.config(home.put("x.bin", records(5), LAYOUT)))
    assert len(result.report_paths) == 2
    assert all(path.exists() for path in result.report_paths)


@pytest.mark.parametrize("in_the_way", ["folder", "link"])
def test_a_report_that_cannot_be_written_is_a_warning(home: Home, in_the_way: str) -> None:
    latest = home.path / "report" / "etl_quantum_report.html"
    latest.mkdir() if in_the_way == "folder" else latest.symlink_to("/etc/hostname")
    result = run(home.config(home.put("x.bin", records(5), LAYOUT)))
    assert "the report could not be written" in str(result.report_problem)
    assert (home.output / "out.csv").exists()
    assert json.loads((home.output / "out.csv.meta.json").read_text())["rows_out"] == 5
    assert not any(".part." in name for name in _names(home.path / "report"))


def test_our_own_mistake_in_the_report_is_a_warning(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(page, "render_html", fail)
    result = run(home.config(home.put("x.bin", records(5), LAYOUT)))
    assert "ZeroDivisionError: of ours" in str(result.report_problem)
    assert result.report_paths == ()


def test_the_report_is_no_part_of_what_must_be_equal_to_resume(home: Home) -> None:
    from etl_batch.pipeline.outputs.header import options_of

    config = home.config(home.put("x.bin", records(5), LAYOUT))
    assert options_of(config) == options_of(replace(config, report=str(home.output / "r.html")))
