"""What rows here and there let expect of a sample changes nothing in it, be it right or wrong; it saves work."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled
from etl_batch.etl_core import run
from etl_batch.pipeline import conversion
from etl_batch.sampling import glimpses
from etl_batch.sampling.expected import Expected, expected
from etl_batch.sampling.sample_state import SampleState
from etl_batch.sampling.span_sample import SpanSample
from etl_batch.values import ProgressReport
from tests.conftest import Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner, without_processes

ROWS = 30_000
NAMES = ("out.csv.sample.parquet", "out.csv.totals.parquet")


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small jobs are looked at, and a tenth of each."""
    without_processes(monkeypatch)
    monkeypatch.setattr(conversion, "LEAST_EXPECTED", 1)
    monkeypatch.setattr(glimpses, "_SHARE", 10)


def strata(order: str) -> list[int]:
    """Of each row; stratum 0 is large."""
    chance = random.Random(5)
    found = [chance.choice((0, 0, 0, 1, 1, 2, chance.randrange(40))) for _ in range(ROWS)]
    return sorted(found) if order == "sorted" else found


def put(home: Home, form: str, order: str = "mixed") -> Path:
    """The rows as a file."""
    rows = [(stratum, number * 37 % 1001) for number, stratum in enumerate(strata(order))]
    if form == "csv":
        text = "".join(
            f'"P {stratum}",{value}\n' if value % 50 == 0 else f"P {stratum},{value}\n" for stratum, value in rows
        )
        return home.put("in.csv", f"product,quantity\n{text}".encode())
    layout = (
        'record_size = 10\nencoding = "ascii"\n[[field]]\nname = "product"\ntype = "str"\nlength = 6\n'
        '[[field]]\nname = "quantity"\ntype = "i32"\n'
    )
    content = b"".join(f"P {stratum}".encode().ljust(6) + value.to_bytes(4, "little") for stratum, value in rows)
    return home.put("in.bin", content, layout)


def config_of(home: Home, made: Path, **more: object) -> JobConfig:
    return home.config(
        made,
        output_csv=str(home.output / "out.csv"),
        measures=("quantity",),
        sample_frac=0.02,
        chunk_bytes=8_000,
        **more,
    )


def result_of(home: Home, config: JobConfig) -> list[bytes]:
    run(config, runner=InlineRunner())
    return [(home.output / name).read_bytes() for name in NAMES]


def unasked(home: Home, config: JobConfig) -> list[bytes]:
    """The same, with nothing expected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "LEAST_EXPECTED", 10**9)
        return result_of(home, config)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each span added."""
    found: list[int] = []
    add = SampleState.add

    def noting(state: SampleState, part: SpanSample, start: int, stop: int) -> None:
        found.append(len(part.candidates))
        add(state, part, start, stop)

    monkeypatch.setattr(SampleState, "add", noting)
    return found


def misled(limit: int) -> Callable[..., Expected | None]:
    """Expects of all strata that no more is drawn of them than that."""

    def wrong(*given: object) -> Expected | None:
        found = expected(*given)  # type: ignore[arg-type]
        return None if found is None else Expected(found.keys, np.full(len(found.keys), limit, np.uint64))

    return wrong


@pytest.mark.parametrize("form", ["bin", "csv"])
@pytest.mark.parametrize("order", ["mixed", "sorted"])
def test_it_is_the_same_sample(home: Home, kept: list[int], form: str, order: str) -> None:
    config = config_of(home, put(home, form, order))
    without = unasked(home, config)
    before = sum(kept)
    kept.clear()
    assert result_of(home, config) == without
    assert sum(kept) < (0.7 if order == "mixed" else 1.01) * before
    assert home.leftovers() == []


def test_it_is_the_same_for_a_csv_that_is_checked_before(home: Home, kept: list[int]) -> None:
    config = replace(config_of(home, put(home, "csv")), output_parquet=str(home.output / "out.parquet"))
    without = unasked(home, config)
    before = sum(kept)
    kept.clear()
    assert result_of(home, config) == without
    assert sum(kept) < 0.7 * before


def test_of_several_inputs_each_is_looked_at(home: Home, kept: list[int]) -> None:
    first = put(home, "csv")
    second = home.put("more.csv", first.read_bytes().replace(b"P 0,", b"Q,"))
    config = replace(config_of(home, first), inputs=(str(first), str(second)))
    without = unasked(home, config)
    before = sum(kept)
    kept.clear()
    assert result_of(home, config) == without
    assert sum(kept) < 0.7 * before


@pytest.mark.parametrize("form", ["bin", "csv"])
def test_where_too_much_was_left_out_all_is_done_again(home: Home, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    config = config_of(home, put(home, form))
    without, said = unasked(home, config), list[ProgressReport]()
    monkeypatch.setattr(glimpses, "expected", misled(2**55))
    run(config, runner=InlineRunner(), progress=said.append)
    assert [(home.output / name).read_bytes() for name in NAMES] == without
    assert any("it is drawn in a new pass" in report.note for report in said)
    assert home.leftovers() == []


@pytest.mark.parametrize("form", ["bin", "csv"])
@pytest.mark.parametrize("limit", [None, 2**55])
def test_a_job_that_goes_on_expects_what_it_began_with(
    home: Home, monkeypatch: pytest.MonkeyPatch, kept: list[int], form: str, limit: int | None
) -> None:
    config = config_of(home, put(home, form))
    without = unasked(home, config)
    before = sum(kept)
    if limit is not None:
        monkeypatch.setattr(glimpses, "expected", misled(limit))
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(20, InlineRunner(), Cancelled("x")))
    kept.clear()
    assert result_of(home, replace(config, resume=True)) == without
    assert sum(kept) < 0.7 * before or limit is not None
    assert home.leftovers() == []


def test_bad_records_let_expect_nothing(home: Home, kept: list[int]) -> None:
    made = put(home, "bin")
    content = bytearray(made.read_bytes())
    content[::200] = b"\xff" * (ROWS // 20)  # no ASCII
    made.write_bytes(bytes(content))
    config = config_of(home, made, on_bad_row="quarantine")
    without = unasked(home, config)
    before = sum(kept)
    kept.clear()
    assert result_of(home, config) == without
    assert sum(kept) == before
