"""Who does which work: each goal finds those that it is about."""

from __future__ import annotations

from pathlib import Path

from tests.bench.speed.data import Input
from tests.bench.speed.goals import GOALS, OURS, POLARS
from tests.bench.speed.peer_job import JOBS
from tests.bench.speed.peers import PYTHON
from tests.bench.speed.trees import trees_of
from tests.bench.speed.works import Contender, Data, Work, Works

HOME = Path("/nowhere/home")


def _input(name: str, home: Path = HOME) -> Input:
    return Input(home / "data" / name, 64, 1)


def _works(*trees: str, is_large: bool = True) -> dict[str, Work]:
    data = Data(
        home=HOME,
        whole=_input("whole.bin"),
        half=_input("half.bin"),
        small=_input("small.bin"),
        csv=_input("rows.csv"),
        half_csv=_input("half.csv"),
        tenfold=_input("tenfold.bin", Path("/nowhere/large")) if is_large else None,
    )
    works = Works(data, trees_of([Path(tree) for tree in trees or ("/nowhere/main",)]), 2)
    return {work.key: work for work in works.all()}


def _named(work: Work) -> dict[str, Contender]:
    return {contender.name: contender for contender in work.contenders}


def test_each_goal_finds_its_contenders() -> None:
    """One that does not would be left out of the table without a word."""
    works = _works()
    lost = [goal for goal in GOALS if not {goal.of, goal.beside} - {""} <= _named(works[goal.work]).keys()]
    assert lost == []


def test_each_work_has_a_goal() -> None:
    assert {goal.work for goal in GOALS} == _works().keys()


def test_no_two_contenders_have_one_name() -> None:
    for work in _works("/nowhere/main", "/nowhere/main", "/elsewhere/main").values():
        assert len(_named(work)) == len(work.contenders)


def test_the_first_checkout_is_held_against_the_goals() -> None:
    work = _works("/nowhere/new", "/nowhere/old")["bin-csv"]
    assert [contender.name for contender in work.contenders][:2] == [OURS, "ours in old"]
    assert _named(work)[OURS].folder == Path("/nowhere/new")
    assert Path("/nowhere/old/etl_batch/etl_core.py") in _named(work)["ours in old"].command


def test_every_peer_has_a_script_for_the_job() -> None:
    asked = [
        contender.command[3:5] for work in _works().values() for contender in work.contenders
        if contender.command[0] == PYTHON
    ]  # fmt: skip
    assert {(peer, job) for peer, job in asked} == JOBS.keys()


def test_ours_and_polars_have_as_many_threads() -> None:
    work = _named(_works()["csv-csv"])
    assert "-w 2" in " ".join(map(str, work[OURS].command))
    assert work[POLARS].command[7] == "2"


def test_what_lies_in_another_home_is_worked_on_there() -> None:
    tenfold = _named(_works()["memory"])["ours, ten times the file"]
    assert "--home /nowhere/large" in " ".join(map(str, tenfold.command))
    assert "-o /nowhere/large/output/out.csv" in " ".join(map(str, tenfold.command))


def test_ten_times_the_file_is_looked_at_only_when_asked() -> None:
    assert "ours, ten times the file" not in _named(_works(is_large=False)["memory"])
