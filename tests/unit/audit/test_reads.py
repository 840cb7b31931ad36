"""What is read is written down once for each person, target and question in a session."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.audit import reads
from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import noticing, record_read
from etl_batch.errors import AuditUnavailable
from etl_batch.values import Actor
from tests.helpers.chance import examples

ANA = Actor(name="ana", os_user="test", role="analyst", session="session 1")
SEEN = Event(action=Action.ESTIMATED, target="output/x.csv")


def entries(home: Path) -> list[dict[str, Any]]:
    log = home / ".secrets" / "etl_audit.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_the_same_once_more_is_no_other_read(tmp_path: Path) -> None:
    for _ in range(3):
        record_read(tmp_path, ANA, SEEN, ("where", 1))
    assert [(entry["user"], entry["action"], entry["target"]) for entry in entries(tmp_path)] == [
        ("ana", "estimated", "output/x.csv")
    ]


@pytest.mark.parametrize(
    ("actor", "event", "question"),
    [
        (replace(ANA, name="bob", session="session 2"), SEEN, "q"),
        (replace(ANA, session="session 2"), SEEN, "q"),
        (replace(ANA, session=None), SEEN, "q"),
        (ANA, replace(SEEN, target="output/y.csv"), "q"),
        (ANA, replace(SEEN, action=Action.LIVE_TOTAL_SEEN), "q"),
        (ANA, SEEN, "another"),
    ],
    ids=["person", "session", "no session", "target", "action", "question"],
)
def test_another_read_has_an_entry_of_its_own(tmp_path: Path, actor: Actor, event: Event, question: str) -> None:
    record_read(tmp_path, ANA, SEEN, "q")
    record_read(tmp_path, actor, event, question)
    assert len(entries(tmp_path)) == 2


def test_two_at_the_same_moment_have_one_entry(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: record_read(tmp_path, ANA, SEEN), range(32)))
    assert len(entries(tmp_path)) == 1


def test_what_cannot_be_written_down_counts_as_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "record", full)
        for _ in range(2):
            with pytest.raises(AuditUnavailable):
                record_read(tmp_path, ANA, SEEN)
    record_read(tmp_path, ANA, SEEN)
    assert len(entries(tmp_path)) == 1


def test_an_entry_stands_for_twelve_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("etl_batch.audit.reads.monotonic", lambda: now[0])
    for hours, count in ((0, 1), (11, 1), (12, 2), (23, 2)):
        now[0] = 1000.0 + hours * 3600
        record_read(tmp_path, ANA, SEEN)
        assert len(entries(tmp_path)) == count, hours


def test_a_lost_memory_means_an_entry_too_many_never_one_too_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "_MOST", 2)
    for question in ("a", "b", "c", "a"):
        record_read(tmp_path, ANA, SEEN, question)
    assert len(entries(tmp_path)) == 4


def test_the_question_is_not_kept(tmp_path: Path) -> None:
    record_read(tmp_path, ANA, SEEN, "product = 'MILK'")
    assert "MILK" not in json.dumps(entries(tmp_path))
    assert "session 1" not in json.dumps(entries(tmp_path))


def test_whoever_watches_knows_of_reads_that_were_written_down_before(tmp_path: Path) -> None:
    for _ in range(2):
        with noticing() as seen:
            record_read(tmp_path, ANA, SEEN)
        assert seen == [SEEN]


@settings(deadline=None, max_examples=examples(30))
@given(asked=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("12")), max_size=12))
def test_as_many_entries_as_different_reads(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, str, str]]
) -> None:
    home = tmp_path_factory.mktemp("reads")
    for name, target, question in asked:
        record_read(home, replace(ANA, name=name, session=name), replace(SEEN, target=target), question)
    assert sorted((entry["user"], entry["target"]) for entry in entries(home)) == sorted(
        read[:2] for read in set(asked)
    )
