"""What a benchmark is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.speed.settings import Settings, settings_of


def test_nothing_asked_is_the_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BENCH_GIB", "ROUNDS", "BENCH_WORKERS", "BENCH_LARGE"):
        monkeypatch.setenv(name, "")
    assert settings_of([]) == Settings()


def test_make_hands_on_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BENCH_GIB", "0.1"), ("ROUNDS", "5"), ("BENCH_WORKERS", "4"), ("BENCH_LARGE", "1")):
        monkeypatch.setenv(name, value)
    found = settings_of(["--tree", "/a", "--tree", "/b", "--write"])
    assert found == Settings(gib=0.1, rounds=5, workers=4, is_large=True, trees=(Path("/a"), Path("/b")), writes=True)


def test_a_page_of_some_works_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        settings_of(["--write", "-k", "csv"])
    assert "a page has all works" in capsys.readouterr().err
