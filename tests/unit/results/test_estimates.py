"""Asking for totals: the answer of the command, its errors, the audit log; the files that can be asked."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from etl_batch.audit.reading import Filter, page
from etl_batch.errors import EtlError, Forbidden, NoSuchMeasure, PathTraversal, TimedOut, WhereInvalid
from pages.services.estimable_files import estimable_files, file_columns, fingerprint
from pages.services.estimate_process import answer
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import EstimateDesk
from pages.views.estimate_values import answer_of, half_width, strata_table
from tests.unit.results.conftest import ANALYST, AUDITOR, ROWS, STRATA

OUTPUT = "output/sales.csv"


def _answer(home: Path, file: str, *flags: str, measures: tuple[str, ...] = ()) -> dict[str, object]:
    return answer({"flags": [*flags, "--home", str(home), "--", str(home / file)], "measures": list(measures)})


def test_the_answer_comes_from_the_runs_sample(results_home: Path) -> None:
    found = answer_of(EstimateDesk(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT)))
    quantity = next(one for one in found.estimates if one.measure == "quantity")
    assert found.source.startswith("its run's sample")
    assert quantity.exact_total == sum(1 + number % 5 for number in range(ROWS))
    assert quantity.ci_low is not None
    assert quantity.ci_low < quantity.total
    assert {one.stratum for one in quantity.strata} == set(STRATA)
    share = half_width(quantity)
    assert share is not None
    assert 0 < share < 1
    rows = strata_table(quantity).rows
    assert math.isclose(math.fsum(float(row["total"] or 0) for row in rows), quantity.total)


def test_it_is_written_down_without_the_condition(results_home: Path) -> None:
    desk = EstimateDesk(results_home)
    desk.ask(ANALYST, AskedEstimate(file=OUTPUT, where="product = 'MILK'"))
    with pytest.raises(WhereInvalid):
        desk.ask(ANALYST, AskedEstimate(file=OUTPUT, where="nothing = 'MILK'"))
    entries = page(results_home, AUDITOR, Filter(action="estimated")).entries
    assert [one.outcome for one in entries[:2]] == ["refused", "ok"]
    assert entries[0].target == OUTPUT
    assert "MILK" not in json.dumps([dict(one.detail) for one in entries])


def test_errors_keep_code_and_mend(results_home: Path) -> None:
    with pytest.raises(NoSuchMeasure) as caught:
        EstimateDesk(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT, measures=("product",)))
    assert caught.value.what_to_do
    assert "product" in caught.value.message


def test_an_answer_that_takes_too_long_is_given_up(results_home: Path) -> None:
    with pytest.raises(TimedOut, match="longer than"):
        EstimateDesk(results_home, time_limit_s=0.01).ask(ANALYST, AskedEstimate(file=OUTPUT))


def test_a_log_that_cannot_be_written_gives_no_answer(results_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise EtlError("no log")

    monkeypatch.setattr("etl_batch.audit.log.AuditLog.record", refuse)
    with pytest.raises(EtlError, match="no log"):
        EstimateDesk(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT), state=(1,))  # nobody was told of it yet


def test_names_with_commas_are_one_measure(tmp_path: Path) -> None:
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "x.csv").write_text('"a,b",c\n1,2\n3,4\n')
    found = _answer(tmp_path, "data/x.csv", measures=("a,b",))["answer"]
    assert isinstance(found, dict)
    assert [(one["measure"], one["total"]) for one in found["estimates"]] == [("a,b", 4.0)]


def test_paths_outside_are_refused(results_home: Path) -> None:
    error = _answer(results_home, "../etc/passwd.csv")["error"]
    assert isinstance(error, dict)
    assert error["code"] == PathTraversal.code


def test_files_with_samples_come_first(results_home: Path) -> None:
    found = estimable_files(results_home, ANALYST)
    assert [(one.path, one.has_sample) for one in found] == [(OUTPUT, True), ("data/sales.csv", False)]
    assert file_columns(results_home, ANALYST, OUTPUT) == {"product": True, "quantity": True, "value": True}


def test_links_and_side_files_are_not_offered(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "data" / "link.csv").symlink_to(tmp_path / "secret.csv")
    for name in ("x.csv.sample.parquet", "x.rejected.csv", ".hidden.csv", "notes.txt", "deep/y.bin"):
        (tmp_path / "data" / name).write_text("")
    assert [one.path for one in estimable_files(tmp_path, ANALYST)] == ["data/deep/y.bin"]


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
        lambda: file_columns(results_home, AUDITOR, OUTPUT),
        lambda: fingerprint(results_home, AUDITOR, OUTPUT),
        lambda: EstimateDesk(results_home).ask(AUDITOR, AskedEstimate(file=OUTPUT)),
    ):
        with pytest.raises(Forbidden):
            refused()
