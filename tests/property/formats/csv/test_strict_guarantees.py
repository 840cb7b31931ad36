"""What is promised of every row holds in every dialect: whole jobs beside the table that was written, and a plain twin.

Broken rows are named with their number and byte, set aside as they stand, and nothing else is; a job that was stopped
goes on to the same bytes; and the sample is that of the same table in the plain dialect.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import BadRow, Cancelled, FormatMagic
from etl_batch.etl_core import run
from etl_batch.values import JobResult
from tests.conftest import ACTOR
from tests.helpers.chance import examples
from tests.helpers.inline_runner import CrashAfter, InlineRunner, without_processes
from tests.helpers.written_dialects import PACKINGS, UNDECODABLE, Row, Table, Written

TEXT = st.text(st.sampled_from("ab1éß ;,|~:\"'$\\^#%\n\t"), max_size=8).map(lambda text: "x" + text.strip() + "z")
VALUES = st.decimals(Decimal("-99999.99"), Decimal("9999999.99"), places=2).filter(lambda value: str(value) != "-0.00")
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2060, 12, 31))
ROWS = st.builds(Row, st.sampled_from(("P1", "P2", "Päckchen")), st.none() | TEXT, st.none() | VALUES, st.none() | DAYS)
REASONS = {
    "short": "3 cells, 4 expected",
    "long": "5 cells, 4 expected",
    "misfit": "the cell is no decimal(12,2): '1.2.3'",
    "open": "a quote that is never closed",
}


@st.composite
def dialects(draw: st.DrawFn) -> Written:
    """Any that can be told by its flags."""
    quote = draw(st.sampled_from(['"', '"', "'", "$", ""]))
    encoding = draw(
        st.sampled_from(
            ["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp1250", "latin-1", "cp037"]
        )
    )
    decimal = draw(st.sampled_from(".,"))
    return Written(
        delimiter=draw(st.sampled_from([",", ";", "\t", "|", "\x1f", "||", "~|~", "::"])),
        quote=quote,
        escape="\\" if not quote else draw(st.sampled_from(["", "", "\\", "^"])),
        comment=draw(st.sampled_from(["", "#", "%"])),
        titles=draw(st.integers(0, 3)),
        footer=draw(st.sampled_from([0, 0, 1, 2])),
        end=draw(st.sampled_from(["lf", "crlf", "nel"] if encoding == "cp037" else ["lf", "crlf", "cr"])),
        last_end=draw(st.booleans()),
        encoding=encoding,
        header=draw(st.sampled_from(["yes", "yes", "no", "names"])),
        decimal=decimal,
        thousands=draw(st.sampled_from([sign for sign in ("", "", ".", ",", "'", " ") if sign != decimal])),
        date=draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%y", "%Y%m%d"])),
        null=draw(st.sampled_from(["", "NA", "k.A."])),
        padded=draw(st.booleans()),
        packing=draw(st.sampled_from(sorted(PACKINGS))),
    )


@st.composite
def tables(draw: st.DrawFn, how: Written) -> list[Row]:
    """Rows of which some are broken, and the first two are sound."""
    sound = draw(st.lists(ROWS, min_size=2, max_size=14))
    kinds = ["", "", "", "short", "long", "misfit", *(["undecodable"] if how.encoding in UNDECODABLE else [])]
    rows = [replace(row, broken=draw(st.sampled_from(kinds)) if place > 1 else "") for place, row in enumerate(sound)]
    if how.quote and not how.footer and draw(st.booleans()):
        rows.append(replace(rows[0], text="x", broken="open"))  # where another ends is a guess
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home in which all jobs of this file are done, in this process."""
    home = tmp_path_factory.mktemp("home")
    for name in ("data", "output", "report"):
        (home / name).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        without_processes(patch)
        yield home


@settings(max_examples=examples(40))
@given(data=st.data())
def test_what_is_promised_of_every_row_holds_in_every_dialect(folder: Path, data: st.DataObject) -> None:
    how = data.draw(dialects())
    rows = data.draw(tables(how))
    table = how.table(rows)
    job = _job(folder, table, data.draw(st.sampled_from([40, 150, 1 << 20])))
    bad = [(number, row) for number, row in enumerate(rows, 1) if row.broken]
    if bad:
        number, _ = bad[0]
        with pytest.raises((BadRow, FormatMagic)) as refused:
            run(job, runner=InlineRunner())
        assert f"row {number} (at byte {table.starts[number - 1]}): " in refused.value.message
    job = replace(job, on_bad_row=OnBadRow.QUARANTINE)
    result = run(job, runner=InlineRunner())
    made = _made(folder)
    assert _cells(made["out.csv"]) == [how.names, *(row.written for row in rows if not row.broken)]
    assert (result.rows_in, result.rows_quarantined) == (len(rows), len(bad))
    _is_set_aside(made, table, rows)
    _goes_on(job, made, data.draw(st.integers(0, 4)), folder)
    _is_sampled(made, how, rows)
    run(replace(job, chunk_bytes=1 << 20), runner=InlineRunner())
    assert _made(folder) == made
    plain = Written(header=how.header, last_end=how.last_end)
    job = replace(_job(folder, plain.table(rows), 1 << 20), on_bad_row=OnBadRow.QUARANTINE)
    twin = run(job, runner=InlineRunner())
    assert _made(folder)["out.csv"] == made["out.csv"]
    assert _totals(result) == _totals(twin)


def _job(home: Path, table: Table, chunk_bytes: int) -> JobConfig:
    path = home / "data" / table.how.name
    path.write_bytes(table.packed)
    return JobConfig(
        home=home, inputs=(str(path),), actor=ACTOR, output_csv=str(home / "output" / "out.csv"),
        chunk_bytes=chunk_bytes, sample_frac=0.5, workers=1, **table.how.flags,
    )  # fmt: skip


def _made(home: Path) -> dict[str, bytes]:
    """What lies beside the output, and is not of the moment."""
    names = ("out.csv", "out.csv.rejected.csv", "out.csv.sample.parquet")
    return {name: (home / "output" / name).read_bytes() for name in names if (home / "output" / name).exists()}


def _cells(content: bytes) -> list[tuple[str, ...]]:
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    return [tuple(map(unescape_csv_injection, line)) for line in lines]


def _totals(result: JobResult) -> list[tuple[Any, ...]]:
    """Which rows a sample has depends on where they stand in the file; all else does not."""
    return [
        (one.measure, one.exact_total, one.rows_population, one.rows_sampled, [part.population for part in one.strata])
        for one in result.estimates
    ]


def _is_sampled(made: dict[str, bytes], how: Written, rows: list[Row]) -> None:
    """Each sampled row is one of the sound ones."""
    sample = pq.read_table(io.BytesIO(made["out.csv.sample.parquet"])).select([*how.names]).to_pylist()
    sound = [(row.product, row.text, row.value, row.day) for row in rows if not row.broken]
    assert sample
    for row in sample:
        sound.remove(tuple(row.values()))


def _is_set_aside(made: dict[str, bytes], table: Table, rows: list[Row]) -> None:
    """Each broken row, and no other, with its place and as it stands."""
    listed = list(csv.DictReader(io.StringIO(made.get("out.csv.rejected.csv", b"").decode(), newline="")))
    expected = [(number, row) for number, row in enumerate(rows, 1) if row.broken]
    places = [(int(line["row"]), int(line["byte"])) for line in listed]
    assert places == [(number, table.starts[number - 1]) for number, _ in expected]
    for line, (_, row) in zip(listed, expected, strict=True):
        stands = table.how.row(row).rstrip("\r\n\x85")
        if row.broken == "undecodable":
            mark = b"\xff" if table.how.encoding.startswith("utf-8") else b"\xed\xb3\xbf"
            text = stands.encode()
            assert bytes.fromhex(line["raw"]).rstrip(b"\r\n") == text[:1] + mark + text[1:]
        else:
            assert unescape_csv_injection(line["raw"]) == stands
            assert REASONS[row.broken] in line["reason"].replace("' 1.2.3 '", "'1.2.3'")


def _goes_on(job: JobConfig, made: dict[str, bytes], after: int, home: Path) -> None:
    """Stopped behind some spans, the job goes on to what it makes in one go."""
    for path in (home / "output").iterdir():
        if path.is_file() and path.suffix != ".lock":
            path.unlink()
    with contextlib.suppress(Cancelled):
        run(job, runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
    run(replace(job, resume=True), runner=InlineRunner())
    assert _made(home) == made
