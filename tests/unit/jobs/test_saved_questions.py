"""Questions under a name: shared, their owner's to change, on the record, and bounded."""

from __future__ import annotations

import json

import pytest

from etl_batch.errors import AuditUnavailable, Forbidden, NotFound, QueryInvalid
from etl_batch.jobs import saved_questions
from etl_batch.jobs.saved_questions import MOST_NAME_CHARACTERS, SavedQuestions
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from etl_batch.queries.sql_limits import MOST_STATEMENT
from etl_batch.values import Actor
from tests.conftest import Home

ANA, EVE = (Actor(name=name, os_user="test", role=ANALYST) for name in ("ana", "eve"))
ADA, OTTO = Actor(name="ada", os_user="test", role=SUPER_ADMIN), Actor(name="otto", os_user="test", role=AUDITOR)


@pytest.fixture
def questions(home: Home) -> SavedQuestions:
    return SavedQuestions(home.path)


def _log(home: Home) -> list[tuple[str, str, str, str]]:
    lines = map(json.loads, (home.path / ".secrets" / "etl_audit.log").read_text().splitlines())
    return [(one["user"], one["action"], one["target"], one["detail"]["statement"]) for one in lines]


def test_a_question_is_found_by_all_who_may_ask(questions: SavedQuestions, home: Home) -> None:
    questions.save(ANA, " Totals by store ", "select 1")
    questions.save(EVE, "almost", "select 2")
    assert [(one.name, one.statement, one.actor) for one in questions.all(EVE)] == [
        ("almost", "select 2", "eve"), ("Totals by store", "select 1", "ana"),
    ]  # fmt: skip
    questions.save(ANA, "Totals by store", "select 3")
    assert [one.statement for one in questions.all(ADA)] == ["select 2", "select 3"]
    assert _log(home) == [
        ("ana", "question_saved", "Totals by store", "select 1"),
        ("eve", "question_saved", "almost", "select 2"),
        ("ana", "question_saved", "Totals by store", "select 3"),
    ]


def test_a_question_is_its_owners(questions: SavedQuestions, home: Home) -> None:
    questions.save(ANA, "mine", "select 1")
    with pytest.raises(Forbidden, match="saved by ana"):
        questions.save(EVE, "mine", "select 2")
    with pytest.raises(Forbidden, match="saved by ana"):
        questions.delete(EVE, "mine")
    assert [one.statement for one in questions.all(EVE)] == ["select 1"]
    questions.delete(ADA, "mine")
    assert questions.all(ANA) == ()
    assert _log(home)[-1] == ("ada", "question_deleted", "mine", "select 1")
    with pytest.raises(NotFound, match="no saved question 'mine'"):
        questions.delete(ANA, "mine")


def test_who_may_not_ask_neither_sees_nor_saves(questions: SavedQuestions) -> None:
    for attempt in (
        questions.all,
        lambda actor: questions.save(actor, "x", "y"),
        lambda actor: questions.delete(actor, "x"),
    ):
        with pytest.raises(Forbidden):
            attempt(OTTO)


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("", "select 1"), (" ", "select 1"), ("two\nlines", "select 1"), ("\u202ex", "select 1"),
        ("x" * (MOST_NAME_CHARACTERS + 1), "select 1"), ("x", " \n"), ("x", "x" * (MOST_STATEMENT + 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(questions: SavedQuestions, name: str, statement: str) -> None:
    with pytest.raises(QueryInvalid):
        questions.save(ANA, name, statement)
    assert questions.all(ANA) == ()


def test_there_are_not_endlessly_many(questions: SavedQuestions, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setattr(saved_questions, "MOST_QUESTIONS", 2)
    for name in ("a", "b", "a"):
        questions.save(ANA, name, "x" * 2001)
    with pytest.raises(QueryInvalid, match="as many as may be"):
        questions.save(ANA, "c", "select 1")
    assert {len(entry[3]) for entry in _log(home)} == {2000}


def test_what_cannot_be_written_down_is_not_kept(questions: SavedQuestions, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    questions.save(ANA, "there", "select 1")
    monkeypatch.setattr("etl_batch.jobs.saved_questions.AuditLog.record", full)
    with pytest.raises(AuditUnavailable):
        questions.save(ANA, "new", "select 1")
    with pytest.raises(AuditUnavailable):
        questions.delete(ANA, "there")
    assert [one.name for one in questions.all(ANA)] == ["there"]
