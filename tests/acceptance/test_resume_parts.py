"""A folder of CSV parts, beside one of Parquet or alone: whatever ends the job, it goes on to the same parts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled
from etl_batch.etl_core import run
from etl_batch.values import KIB
from tests.acceptance.test_resume import ROWS_A, ROWS_B, SPANS, job, noting, put_inputs, seen
from tests.conftest import Home
from tests.helpers.faults import Faults
from tests.helpers.fresh_homes import Homes, fresh_homes
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes


def _prepare(home: Home) -> None:
    (home.output / "lines").mkdir()
    (home.output / "lines" / "part-0000000.csv").write_text("old lines")
    put_inputs(home)


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    """Each call gives a fresh home, with an older folder in the place of the output."""
    return fresh_homes(tmp_path, _prepare)


def _lines(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    return job(home, **{"output_csv": f"{home.output}/lines/", **more})


@pytest.mark.parametrize("parquet", ["parts/", "one.parquet", None])
def test_resume_gives_the_same_parts(homes: Homes, parquet: str | None) -> None:
    def asked(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401
        return _lines(home, output_parquet=parquet and f"{home.output}/{parquet}", **more)

    whole = homes()
    run(asked(whole), runner=InlineRunner())
    expected = seen(whole)
    assert sum(name.startswith("lines/part-") for name in expected) == SPANS
    for after in range(1, SPANS):
        home = homes()
        with pytest.raises(Cancelled):
            run(asked(home), runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
        assert (home.output / "lines" / "part-0000000.csv").read_text() == "old lines"
        notes: list[str] = []
        run(asked(home, resume=True), noting(notes), runner=InlineRunner())
        assert notes[0].startswith("Resuming job")
        assert seen(home) == expected, after
        assert home.leftovers() == []


def test_dead_at_any_step(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    faults, home = Faults(monkeypatch), homes()
    run(_lines(home, output_parquet=None, chunk_bytes=16 * KIB), runner=InlineRunner(ahead=2))
    calls, expected = list(faults.calls), seen(home)
    for at in [at for at, call in enumerate(calls, start=1) if call not in {"fsync", "fdatasync"}][::2]:
        home = homes()
        faults.crash_at(at)
        with suppress(Crash):
            run(_lines(home, output_parquet=None, chunk_bytes=16 * KIB), runner=InlineRunner(ahead=2))
        faults.at = 0
        if seen(home) != expected or home.leftovers():
            run(_lines(home, output_parquet=None, chunk_bytes=16 * KIB, resume=True), runner=InlineRunner())
        assert seen(home) == expected, (at, calls[at - 1])


@pytest.mark.parametrize("number", [0, 2])
def test_of_a_part_that_is_damaged_nothing_is_believed(homes: Homes, number: int) -> None:
    whole = homes()
    run(_lines(whole), runner=InlineRunner())
    home = homes()
    with pytest.raises(Cancelled):
        run(_lines(home), runner=CrashAfter(4, InlineRunner(), Cancelled("told to stop")))
    (hidden,) = home.output.glob(".lines.part.*")
    part = hidden / f"part-{number:07d}.csv"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    notes: list[str] = []
    run(_lines(home, resume=True), noting(notes), runner=InlineRunner())
    rows = sum((102, 102, 102, 94)[:number])
    if rows:
        assert f": {rows} of {ROWS_A + ROWS_B} rows" in notes[0]
    else:
        assert "starts anew" in notes[0]
    assert seen(home) == seen(whole)
