"""Asking for totals: the answer of the command, its errors, the audit log; the files that can be asked."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest

from etl_batch.audit.reading import Filter, page
from etl_batch.errors import (
    EtlError,
    Forbidden,
    NoSuchMeasure,
    OutOfMemory,
    PathTraversal,
    TimedOut,
    WhereInvalid,
    WorkerCrashed,
)
from etl_batch.machine import question as question_module
from etl_batch.machine.question import Asking, Question
from etl_batch.values import GIB, MIB
from pages.services.estimable_files import estimable_files, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import EstimateService, LiveQuestion
from pages.views.estimate_values import answer_of, half_width, strata_table
from tests.unit.pages.conftest import ANALYST, AUDITOR, ROWS, STRATA

OUTPUT = "output/sales.csv"


def test_the_answer_comes_from_the_runs_sample(results_home: Path) -> None:
    found = answer_of(EstimateService(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT)))
    quantity = next(estimate for estimate in found.estimates if estimate.measure == "quantity")
    assert found.source.startswith("its run's sample")
    assert quantity.exact_total == sum(1 + number % 5 for number in range(ROWS))
    assert quantity.ci_low is not None
    assert quantity.ci_low < quantity.total
    assert {stratum.stratum for stratum in quantity.strata} == set(STRATA)
    share = half_width(quantity)
    assert share is not None
    assert 0 < share < 1
    rows = strata_table(quantity).rows
    assert math.isclose(math.fsum(float(row["total"] or 0) for row in rows), quantity.total)


def test_it_is_written_down_without_the_condition(results_home: Path) -> None:
    service = EstimateService(results_home)
    service.ask(ANALYST, AskedEstimate(file=OUTPUT, where="product = 'MILK'"))
    with pytest.raises(WhereInvalid):
        service.ask(ANALYST, AskedEstimate(file=OUTPUT, where="nothing = 'MILK'"))
    entries = page(results_home, AUDITOR, Filter(action="estimated")).entries
    assert [entry.outcome for entry in entries[:2]] == ["refused", "ok"]
    assert entries[0].target == OUTPUT
    assert "MILK" not in json.dumps([dict(entry.detail) for entry in entries])


def test_errors_keep_code_and_mend(results_home: Path) -> None:
    with pytest.raises(NoSuchMeasure) as caught:
        EstimateService(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT, measures=("product",)))
    assert caught.value.what_to_do
    assert "product" in caught.value.message


def test_an_answer_that_takes_too_long_is_given_up(results_home: Path) -> None:
    with pytest.raises(TimedOut, match="longer than"):
        EstimateService(results_home, time_limit_s=0.01).ask(ANALYST, AskedEstimate(file=OUTPUT))


def _entries(home: Path) -> list[tuple[str, dict[str, object]]]:
    """Of questions, the newest first."""
    found = page(home, AUDITOR, Filter(action="estimated")).entries
    return [(one.outcome, {name: value for name, value in one.detail.items() if name != "os_user"}) for one in found]


def _service_of_the_dying(home: Path, monkeypatch: pytest.MonkeyPatch, task: dict[str, object]) -> EstimateService:
    """Its processes do this, whatever they are asked."""
    answering = question_module.Question

    def asked(how: Asking, _: object) -> Question:
        return answering(replace(how, command=["tests.helpers.asked_process"]), task)

    monkeypatch.setattr(question_module, "Question", asked)
    return EstimateService(home)


@pytest.mark.parametrize(
    ("task", "kind", "said"),
    [
        ({"task": "eat", "bytes": 4 * GIB}, OutOfMemory, "memory limit"),
        ({"task": "die", "signal": "SIGKILL"}, WorkerCrashed, "SIGKILL"),
        ({"task": "die", "signal": "SIGSEGV"}, WorkerCrashed, "SIGSEGV"),
        ({"task": "say", "text": "<b>garbage</b>\n"}, WorkerCrashed, "no answer"),
    ],
)
def test_a_process_that_dies_is_an_error_with_its_name_and_one_entry(
    results_home: Path, monkeypatch: pytest.MonkeyPatch, task: dict[str, object], kind: type[EtlError], said: str
) -> None:
    before, state = len(_entries(results_home)), (hash(str(task)),)  # a question that nobody asked before
    service = _service_of_the_dying(results_home, monkeypatch, task)
    with pytest.raises(kind, match=said) as caught:
        service.ask(ANALYST, AskedEstimate(file=OUTPUT), state)
    assert caught.value.what_to_do
    entries = _entries(results_home)
    assert len(entries) == before + 1
    assert (entries[0][0], entries[0][1]["error"]) == ("failed", kind.code)
    with pytest.raises(kind):
        service.columns(ANALYST, OUTPUT, state=state)
    entries = _entries(results_home)
    assert len(entries) == before + 2
    assert entries[0] == ("failed", {"asked": "columns", "error": kind.code})


def test_its_process_has_a_memory_limit(results_home: Path) -> None:
    with pytest.raises(OutOfMemory, match="memory limit"):
        EstimateService(results_home, memory_bytes=40 * MIB).ask(ANALYST, AskedEstimate(file=OUTPUT))


def test_a_look_is_not_written_down(results_home: Path) -> None:
    before = _entries(results_home)
    EstimateService(results_home).columns(ANALYST, OUTPUT)
    assert _entries(results_home) == before


def test_of_very_many_columns_some_are_offered(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    names = ["n" * 2000, *(f"c{number}" for number in range(3000))]
    (tmp_path / "data" / "x.csv").write_text(",".join(names) + "\n")
    found = EstimateService(tmp_path).columns(ANALYST, "data/x.csv")
    assert list(found.are_numbers) == names[1:1001]
    assert found.count == len(names)


def test_a_log_that_cannot_be_written_gives_no_answer(results_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise EtlError("no log")

    monkeypatch.setattr("etl_batch.audit.log.AuditLog.record", refuse)
    with pytest.raises(EtlError, match="no log"):
        EstimateService(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT), state=(1,))  # not recorded yet


def test_names_with_commas_are_one_measure(tmp_path: Path) -> None:
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "x.csv").write_text('"a,b",c\n1,2\n3,4\n')
    found = EstimateService(tmp_path).ask(ANALYST, AskedEstimate(file="data/x.csv", measures=("a,b",)))
    assert [(one["measure"], one["total"]) for one in found["estimates"]] == [("a,b", 4.0)]


def test_paths_outside_are_refused(results_home: Path) -> None:
    service, outside = EstimateService(results_home), "../etc/passwd.csv"
    for asked in (lambda: service.ask(ANALYST, AskedEstimate(file=outside)), lambda: service.columns(ANALYST, outside)):
        with pytest.raises(PathTraversal):
            asked()


def test_files_with_samples_come_first(results_home: Path) -> None:
    found = estimable_files(results_home, ANALYST)
    assert [(one.path, one.has_sample) for one in found] == [(OUTPUT, True), ("data/sales.csv", False)]
    columns = EstimateService(results_home).columns(ANALYST, OUTPUT)
    assert (columns.are_numbers, columns.count) == ({"product": True, "quantity": True, "value": True}, 3)


def test_links_and_side_files_are_not_offered(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "data" / "link.csv").symlink_to(tmp_path / "secret.csv")
    for name in ("x.csv.sample.parquet", "x.rejected.csv", ".hidden.csv", "notes.txt", "deep/y.bin"):
        (tmp_path / "data" / name).write_text("")
    assert [file.path for file in estimable_files(tmp_path, ANALYST)] == ["data/deep/y.bin", "data/notes.txt"]


def test_the_state_of_a_file_changes_with_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "x.csv"
    file.write_text("a\n1\n")
    before = fingerprint(tmp_path, ANALYST, "data/x.csv")
    os.utime(file, ns=(1, 1))
    assert fingerprint(tmp_path, ANALYST, "data/x.csv") != before


def test_auditors_ask_for_nothing(results_home: Path) -> None:
    for refused in (
        lambda: estimable_files(results_home, AUDITOR),
        lambda: fingerprint(results_home, AUDITOR, OUTPUT),
        lambda: EstimateService(results_home).ask(AUDITOR, AskedEstimate(file=OUTPUT)),
        lambda: EstimateService(results_home).columns(AUDITOR, OUTPUT),
        lambda: EstimateService(results_home).live(AUDITOR, LiveQuestion(file=OUTPUT, measure="value")),
    ):
        with pytest.raises(Forbidden):
            refused()
