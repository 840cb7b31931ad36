"""Files of which everything is known, through whole jobs that are told nothing: right, or asked; never wrong."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.config import OnBadRow
from etl_batch.errors import Ambiguous, BadRow, Refused
from etl_batch.etl_core import run
from etl_batch.options.input_reading import HeaderLine
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.data_makers.known_texts import MANY, Known, known_texts
from tests.helpers.inline_runner import InlineRunner, without_processes

_RIGHT = 0.93  #: of the files, unasked
_OF_STRUCTURE = frozenset({"encoding", "delimiter", "skip_lines", "header"})
_FILES = {known.name: known for known in known_texts()}
_ASKED = [name for name, known in _FILES.items() if set(known.truth.asks) & _OF_STRUCTURE]
#: what is refused, with which words, and what a user says then
_REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "trailing-below-header": (
        "name the last column", {"skip_lines": 1, "header": HeaderLine.NO, "names": ("a", "b", "c", "d")},
    ),
    "inches": ("--quote none", {"quote": ""}),
}  # fmt: skip
_TOLD = [name for name in _FILES if name not in {*_ASKED, *_REFUSED}]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)


def _job(home: Home, known: Known, **more: Any) -> JobResult:  # noqa: ANN401 - fields of the config
    return run(home.config(home.put("x.csv", known.content), **more), runner=InlineRunner())


def _written(home: Home) -> tuple[tuple[str, ...], ...]:
    text = (home.output / "out.csv").read_bytes().decode()
    return tuple(tuple(map(unescape_csv_injection, row)) for row in csv.reader(io.StringIO(text, newline="")))


def _answers(known: Known) -> dict[str, Any]:
    truth = known.truth
    header = HeaderLine.YES if truth.header else HeaderLine.NO
    every = {"encoding": truth.encoding, "skip_lines": truth.skip_lines, "header": header}
    return {name: every[name] for name in truth.asks}


def test_most_are_read_unasked_and_the_others_are_known() -> None:
    assert len(_TOLD) >= _RIGHT * MANY
    assert {name for name, known in _FILES.items() if known.truth.refused} == {*_REFUSED}


@pytest.mark.parametrize("name", _TOLD)
def test_each_is_read_right_unasked(home: Home, name: str) -> None:
    known = _FILES[name]
    if known.broken is not None:
        says = rf"row {known.broken} \(at byte [0-9]+\): 2 cells, {len(known.names)} expected"
        with pytest.raises(BadRow, match=says):
            _job(home, known)
    result = _job(home, known, on_bad_row=OnBadRow.QUARANTINE)
    assert _written(home) == (known.names, *known.rows)
    assert result.rows_quarantined == (known.broken is not None)


@pytest.mark.parametrize("name", _ASKED)
def test_what_is_truly_ambiguous_is_asked_and_right_once_it_is_answered(home: Home, name: str) -> None:
    known = _FILES[name]
    with pytest.raises(Ambiguous) as asked:
        _job(home, known)
    for about in known.truth.asks:
        assert f"--{about.replace('_', '-')} " in asked.value.what_to_do
    _job(home, known, **_answers(known))
    assert _written(home) == (known.names, *known.rows)


@pytest.mark.parametrize("name", _REFUSED)
def test_what_is_refused_is_right_once_it_is_said_how(home: Home, name: str) -> None:
    known = _FILES[name]
    with pytest.raises(Refused) as refused:
        _job(home, known)
    says, answer = _REFUSED[name]
    assert refused.value.code == known.truth.refused
    assert says in refused.value.what_to_do
    _job(home, known, **answer)
    assert _written(home) == (known.names, *known.rows)
