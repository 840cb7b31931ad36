"""Whole jobs over tables in any dialect: what they make is what they make of the plain twin."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import BadRow, Cancelled, FormatMagic
from etl_batch.etl_core import run
from etl_batch.options.shape import SourceColumn
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.data_makers.dialects import PLAIN, Written, broken_rows, written
from tests.helpers.chance import examples
from tests.helpers.inline_runner import CrashAfter, InlineRunner, without_processes

NAMES = ["product", "value", "note"]
#: not all of them need quotes; none is a sign that could close a quote that is open in a broken row
CELLS = st.text(st.sampled_from("ab1é ."), max_size=6).map(lambda text: "x" + text)
#: a job takes too long for a failing example to be made smaller
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
#: of a row, but for the byte that is at fault
_BYTE = re.compile(r", at byte \d+")
Table = tuple[list[list[str]], list[tuple[int, str]]]  #: sound rows, and broken ones by where they stand among them


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """As many as are wanted."""

    def more() -> Iterator[Home]:
        folder = tmp_path_factory.mktemp("dialects")
        for number in itertools.count():
            home = Home(folder / str(number))
            for name in ("data", "output", "report"):
                (home.path / name).mkdir(parents=True)
            yield home
            shutil.rmtree(home.path)

    return more()


@pytest.fixture(scope="module", autouse=True)
def _inline() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        without_processes(patch)
        yield


@st.composite
def tables(draw: st.DrawFn, how: Written) -> Table:
    """Some rows, and broken ones among them, which are told apart by their first cells."""
    rows = draw(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 99), CELLS), min_size=1, max_size=12))
    kinds = [row for row in broken_rows(how) if not row.endswith("{q}xa{d}xb")]
    bad = draw(st.lists(st.tuples(st.integers(0, len(rows)), st.sampled_from(kinds)), max_size=3))
    return [[product, f"{value}.5", note] for product, value, note in rows], sorted(bad, reverse=True)


def _put(home: Home, how: Written, table: Table) -> Path:
    rows, bad = table
    lines = [how.row(cells) for cells in (NAMES, *rows)]
    for place, row in bad:
        lines.insert(place + 1, row.format(d=how.delimiter, q=how.quote) + how.end)
    return home.put("x.csv", how.table(lines))


def _job(home: Home, how: Written, table: Table, **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    given = {"chunk_bytes": 64, "workers": 1, **how.flags, **more}
    return home.config(_put(home, how, table), **given)


def _made(home: Home, config: JobConfig) -> tuple[Any, ...]:
    """What a job makes that says nothing of the bytes of its input; or where it ends, and why."""
    try:
        result = run(config, runner=InlineRunner(3))
    except (BadRow, FormatMagic) as error:
        found = re.search(r"row ([\d,]+) \(at byte \d+\): (.*?)(?:, at byte \d+|; |$)", str(error))
        return found.groups() if found else (error,)
    return _outputs(home, result)


def _outputs(home: Home, result: JobResult) -> tuple[Any, ...]:
    sample = pq.read_table(home.output / "out.csv.sample.parquet")
    rejected = home.output / "out.csv.rejected.csv"
    set_aside = csv.DictReader(io.StringIO(rejected.read_text(), newline="")) if rejected.exists() else []
    return (
        (home.output / "out.csv").read_bytes(), result.rows_in, result.rows_out, result.estimates,
        # its order is drawn by the bytes that rows begin at
        sorted(map(repr, sample.drop_columns(["_row", "_order"]).to_pylist())),
        [(row["row"], _BYTE.sub("", row["reason"])) for row in set_aside],
    )  # fmt: skip


@settings(max_examples=examples(25), deadline=None, phases=_PHASES)
@given(data=st.data(), how=written(), on_bad_row=st.sampled_from(OnBadRow), add=st.booleans())
def test_a_job_makes_what_it_makes_of_the_plain_twin(
    homes: Iterator[Home], data: st.DataObject, how: Written, on_bad_row: OnBadRow, add: bool
) -> None:
    """The same rows, totals and sample; or it ends at the same row, for the same reason."""
    table = data.draw(tables(how))
    more = {"sample_frac": 1.0, "on_bad_row": on_bad_row, "add_source": tuple(SourceColumn)[:2] if add else None}
    made = []
    for one in (how, PLAIN):
        home = next(homes)
        made.append(_made(home, _job(home, one, table, **more)))
    assert made[0] == made[1]
    if on_bad_row is OnBadRow.STRICT and table[1]:
        assert len(made[0]) == 2, "a broken row ends the job"
    elif table[1]:
        assert len(made[0][-1]) == len(table[1])


@settings(max_examples=examples(8), deadline=None, phases=_PHASES)
@given(data=st.data(), how=written(), spans=st.integers(1, 4), on_bad_row=st.sampled_from(OnBadRow))
def test_a_job_that_goes_on_makes_the_same(
    homes: Iterator[Home], data: st.DataObject, how: Written, spans: int, on_bad_row: OnBadRow
) -> None:
    rows, bad = data.draw(tables(how))
    table = (rows, bad if on_bad_row is OnBadRow.QUARANTINE else [])
    home = next(homes)
    config = _job(home, how, table, sample_frac=0.3, on_bad_row=on_bad_row)
    whole = _made(home, config)
    before = (home.output / "out.csv.sample.parquet").read_bytes()
    with contextlib.suppress(Cancelled):  # where there are fewer spans, all is done
        run(config, runner=CrashAfter(spans, InlineRunner(), Cancelled("told to stop")))
    resumed = run(replace(config, resume=True), runner=InlineRunner(2))
    assert _outputs(home, resumed) == whole
    assert (home.output / "out.csv.sample.parquet").read_bytes() == before
