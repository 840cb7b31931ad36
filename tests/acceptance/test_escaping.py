"""What a job writes, counts and records of the cells that it keeps from running, or was told to leave alone."""

from __future__ import annotations

import csv
import io
import json
import struct
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.cell_escape import csv_cell
from etl_batch.config import Escaping
from etl_batch.etl_core import run
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.values import JobResult
from tests.conftest import Home

TEXTS = ["a;=1+1;b", "a\n=1+1\nb", "=1", "   -3.00", "-5 ", "a\n- b", "-7,5", "+49 30 123,7", "plain"]
ESCAPED = ["a;'=1+1;b", "a\n'=1+1\nb", "'=1", "   -3.00", "-5 ", "a\n- b", "'-7,5", "'+49 30 123,7", "plain"]
HEADER, ESCAPED_HEADER = ["n", "x;=y"], ["n", "x;'=y"]
LAYOUT = """record_size = 20
[[field]]
name = "n"
type = "u32"
[[field]]
name = "x;=y"
type = "str"
length = 16
"""


def _csv() -> bytes:
    rows = [HEADER, *([str(number), text] for number, text in enumerate(TEXTS))]
    return "".join(",".join(csv_cell(cell, escape=False) for cell in row) + "\n" for row in rows).encode()


def _parquet() -> bytes:
    table = pa.table({"n": pa.array(range(len(TEXTS)), pa.int32()), HEADER[1]: TEXTS})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _binary() -> bytes:
    return b"".join(struct.pack("<I16s", number, text.encode()) for number, text in enumerate(TEXTS))


INPUTS = {"csv": (_csv(), None), "parquet": (_parquet(), None), "bin": (_binary(), LAYOUT)}


def _job(home: Home, form: str = "csv", **more: Any) -> tuple[JobResult, list[list[str]]]:  # noqa: ANN401
    content, layout = INPUTS[form]
    result = run(home.config(home.put(f"a.{form}", content, layout), measures=(), workers=1, **more))
    with (home.output / "out.csv").open(newline="", encoding="utf-8") as file:
        return result, list(csv.reader(file, strict=True))


def _metadata(home: Home) -> dict[str, Any]:
    return json.loads((home.output / "out.csv.meta.json").read_text())  # type: ignore[no-any-return]


@pytest.mark.parametrize("form", INPUTS)
def test_cells_and_headers_of_every_format_are_escaped_within_too(home: Home, form: str) -> None:
    result, rows = _job(home, form)
    assert rows[0] == ESCAPED_HEADER
    assert [row[1] for row in rows[1:]] == ESCAPED
    assert (result.cells_escaped, result.apostrophes_inside) == (3, 2)
    metadata = _metadata(home)
    assert (metadata["cells_escaped"], metadata["apostrophes_inside"]) == (3, 2)
    assert metadata["escaping"] == metadata["config"]["escaping"] == "on"


@pytest.mark.parametrize("form", INPUTS)
def test_without_escaping_every_cell_is_as_it_was_and_all_records_say_so(home: Home, form: str) -> None:
    result, rows = _job(home, form, escaping=Escaping.OFF)
    assert rows == [HEADER, *([str(number), text] for number, text in enumerate(TEXTS))]
    assert (result.cells_escaped, result.apostrophes_inside) == (0, 0)
    metadata = _metadata(home)
    assert metadata["escaping"] == metadata["config"]["escaping"] == "off"
    started = next(one for one in _log(home) if one["action"] == "job_started")
    assert started["detail"]["escaping"] == "off"
    assert NOT_ESCAPED in result.report_paths[0].read_text().replace("&#39;", "'")


def test_the_report_of_an_escaped_job_has_no_banner(home: Home) -> None:
    result, _ = _job(home)
    assert 'class="banner"' not in result.report_paths[0].read_text()
    assert next(one for one in _log(home) if one["action"] == "job_started")["detail"]["escaping"] == "on"


def test_rejected_rows_follow(home: Home) -> None:
    home.put("b.csv", b'a,b\n"x;=1",2\n=1,2,3\n')
    for escaping, raw in ((Escaping.ON, "'=1,2,3"), (Escaping.OFF, "=1,2,3")):
        run(home.config(home.data / "b.csv", measures=(), workers=1, on_bad_row="quarantine", escaping=escaping))
        with (home.output / "out.csv.rejected.csv").open(newline="") as file:
            assert list(csv.reader(file))[1][-1] == raw


def _log(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()]
