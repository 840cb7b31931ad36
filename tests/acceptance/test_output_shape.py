"""The shape of outputs: a job with one gives what the same job gives without, reshaped; and all else stays as it is."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.config import Escaping, JobConfig, OnBadRow
from etl_batch.errors import BadRow, ConfigError
from etl_batch.etl_core import run
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.values import KIB
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, record, records
from tests.helpers.chance import examples
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes

FILE, ROW = SourceColumn.FILE, SourceColumn.ROW
TEXTS = ("MILK", "BREAD, brown", "=1+1", "two\nlines", 'say "hi"', "", "100%", "ä€")
HEADER = ("id", "product", "quantity", "price", "paid")
Rows = list[list[str]]


def lines(count: int, seed: int = 1) -> bytes:
    """A CSV with texts that need quotes, and apostrophes."""
    chance, out = random.Random(seed), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for number in range(count):
        writer.writerow([number, chance.choice(TEXTS), number % 50 - 3, f"{chance.random():.3f}", "true"])
    return out.getvalue().encode()


def put_inputs(home: Home, kind: str) -> None:
    """Two inputs of some format, that make more spans than one."""
    for name, count in (("a", 700), ("=b", 300)):
        if kind == "csv":
            home.put(f"{name}.csv", lines(count, count))
        elif kind == "bin":
            home.put(f"{name}.bin", records(count, count), LAYOUT)
        else:
            table = pa.table({"id": range(count), "product": [TEXTS[row % 8] for row in range(count)],
                              "quantity": range(count), "price": [row / 8 for row in range(count)],
                              "paid": [None] * count})  # fmt: skip
            table = table.set_column(4, "paid", pa.array([row % 3 == 0 or None for row in range(count)], pa.bool_()))
            pq.write_table(table, home.data / f"{name}.parquet", row_group_size=128)


def csv_rows(path: Path) -> Rows:
    """The header and the rows, as Python reads them."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def reshaped(rows: Rows, files: list[tuple[str, int]], asked: dict[str, Any]) -> Rows:
    """The plain twin: of all columns those that are asked for."""
    header, *body = rows
    chosen = [name for name in asked.get("select") or header if name not in (asked.get("exclude") or ())]
    new = dict(asked.get("rename") or ())
    added = [str(one) for one in asked.get("add_source") or ()]
    places = [(file, str(row)) for file, count in files for row in range(1, count + 1)]
    out = [[new.get(name, name) for name in chosen] + [f"source_{one}" for one in added]]
    for row, (file, number) in zip(body, places, strict=True):
        said = {"file": file, "row": number}
        out.append([row[header.index(name)] for name in chosen] + [said[one] for one in added])
    return out


@st.composite
def shapes(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    """What may be asked for of these columns."""
    select = draw(st.none() | st.lists(st.sampled_from(names), unique=True, min_size=1).map(tuple))
    exclude = draw(st.none() | st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=1).map(tuple))
    if select and exclude and set(select) <= set(exclude):
        exclude = None
    renamed = draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
    added = draw(st.sampled_from([None, (FILE,), (ROW,), (ROW, FILE)]))
    rename = tuple((name, f"=new {name}") for name in renamed) or None
    return {"select": select, "exclude": exclude, "rename": rename, "add_source": added}


ENDS = {"csv": ".csv", "bin": ".bin", "parquet": ".parquet"}


@pytest.mark.parametrize("kind", ["csv", "bin", "parquet"])
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_outputs_are_the_plain_ones_reshaped(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, kind: str, data: st.DataObject
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    put_inputs(home, kind)
    names = ("id", "product", "sold_at", "quantity", "price", "paid") if kind == "bin" else HEADER
    asked = data.draw(shapes(names))
    more = {"chunk_bytes": 8 * KIB, "escaping": data.draw(st.sampled_from(Escaping)),
            "measures": data.draw(st.sampled_from([(), ("quantity",)]))}  # fmt: skip
    files = [(f"=b{ENDS[kind]}", 300), (f"a{ENDS[kind]}", 700)]
    with monkeypatch.context() as patch:
        without_processes(patch)
        for outputs in (("csv",), ("csv", "parquet")):
            named = {f"output_{one}": str(home.output / f"{{}}.{one}") for one in outputs}
            plain, shaped = ({key: value.format(name) for key, value in named.items()} for name in ("plain", "shaped"))
            run(home.config(**plain, **more), runner=InlineRunner(2))
            result = run(home.config(**shaped, **more, **asked), runner=InlineRunner(2))
            files_as_written = files
            if more["escaping"] is Escaping.ON:
                files_as_written = [("'" * file.startswith("=") + file, count) for file, count in files]
            expected = reshaped(csv_rows(home.output / "plain.csv"), files_as_written, asked)
            new = {f"=new {name}": name for name in names}
            header, *rows = csv_rows(home.output / "shaped.csv")
            escape = "'" if more["escaping"] is Escaping.ON else ""
            assert header == [f"{escape}{name}" if name in new else name for name in expected[0]]
            assert rows == expected[1:]
            assert list(result.columns) == expected[0]
            if "parquet" in outputs:
                _compare_tables(home, files, asked)
    assert home.leftovers() == []


def _compare_tables(home: Home, files: list[tuple[str, int]], asked: dict[str, Any]) -> None:
    plain, shaped = (pq.read_table(home.output / f"{name}.parquet") for name in ("plain", "shaped"))
    chosen = [name for name in asked["select"] or plain.column_names if name not in (asked["exclude"] or ())]
    new = dict(asked["rename"] or ())
    expected = plain.select(chosen).rename_columns([new.get(name, name) for name in chosen])
    added = {
        FILE: pa.array([file for file, count in files for _ in range(count)], pa.string()),
        ROW: pa.array([row for _, count in files for row in range(1, count + 1)], pa.int64()),
    }
    for one in asked["add_source"] or ():
        expected = expected.append_column(one.column, added[one])
    assert shaped.combine_chunks().equals(expected.combine_chunks())


SHAPED: dict[str, Any] = {"select": ("price", "product", "id"), "rename": (("id", "key"),), "add_source": (FILE, ROW)}


@pytest.mark.parametrize("kind", ["csv", "bin", "parquet"])
def test_any_number_of_workers_any_chunk_and_a_check(home: Home, kind: str) -> None:
    put_inputs(home, kind)
    found = set()
    for workers, chunk in ((1, 64 * KIB), (2, 4 * KIB)):
        out = home.output / f"{workers}.csv"
        config = home.config(output_csv=str(out), workers=workers, chunk_bytes=chunk, **SHAPED)
        checked = dry_run(config)
        assert run(config).columns == ("price", "product", "key", "source_file", "source_row")
        assert checked.outputs[0].bytes + len(out.read_bytes().split(b"\n")[0]) + 1 == out.stat().st_size
        found.add(out.read_bytes())
    assert len(found) == 1
    told = json.loads((home.output / "1.csv.meta.json").read_text())
    assert told["columns"] == ["price", "product", "key", "source_file", "source_row"]
    assert told["config"]["rename"] == [["id", "key"]]


def test_compressed_and_a_folder_of_parts(home: Home) -> None:
    put_inputs(home, "csv")
    folder = home.output / "parts"
    run(home.config(output_csv=str(home.output / "p.csv"), **SHAPED))
    run(home.config(output_csv=str(home.output / "z.csv.gz"), output_parquet=f"{folder}/", chunk_bytes=4096, **SHAPED))
    assert csv_rows(home.output / "z.csv.gz") == csv_rows(home.output / "p.csv")
    parts = [pq.read_table(part) for part in sorted(folder.glob("*.parquet"))]
    assert len(parts) > 2
    assert {tuple(part.column_names) for part in parts} == {("price", "product", "key", "source_file", "source_row")}
    assert [row for part in parts for row in part["source_row"].to_pylist()] == [*range(1, 301), *range(1, 701)]


def test_inputs_of_several_formats(home: Home) -> None:
    home.put("a.csv", b"id,product\n1,tea\n")
    pq.write_table(pa.table({"id": pa.array([2]), "product": ["milk"]}), home.data / "b.parquet")
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    run(home.config(**both, select=("product",), add_source=(ROW, FILE)))
    rows = [["product", "source_row", "source_file"], ["tea", "1", "a.csv"], ["milk", "1", "b.parquet"]]
    assert csv_rows(home.output / "o.csv") == rows
    assert [list(map(str, row.values())) for row in pq.read_table(home.output / "o.parquet").to_pylist()] == rows[1:]


@pytest.mark.parametrize("types", [None, "quantity=i32"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_broken_cell_that_is_not_selected_is_a_bad_row_and_numbers_count_those(
    home: Home, types: str | None, delimiter: str
) -> None:
    bad = "x,1\n" if types is None else "x,no,3\n"
    text = f"product,quantity,price\na,1,2\n{bad}b,2,3\n{bad}{bad}c,3,4\n".replace(",", delimiter)
    home.put("a.csv", text.encode())
    asked = {"select": ("product",), "add_source": (ROW,), "types": types, "delimiter": delimiter}
    with pytest.raises(BadRow, match="row 2"):
        run(home.config(**asked))
    for output in ("csv", "parquet"):
        both = {"output_csv": str(home.output / "out.csv")} | {f"output_{output}": str(home.output / f"out.{output}")}
        result = run(home.config(on_bad_row=OnBadRow.QUARANTINE, **both, **asked))
        assert result.rows_quarantined == 3
        assert csv_rows(home.output / "out.csv")[1:] == [["a", "1"], ["b", "3"], ["c", "6"]]
    assert pq.read_table(home.output / "out.parquet")["source_row"].to_pylist() == [1, 3, 6]


def test_bad_records_are_found_in_fields_that_are_not_selected(home: Home) -> None:
    home.put("a.bin", record(1) + record(2, paid=7) + record(3), LAYOUT)
    with pytest.raises(BadRow, match="row 2"):
        run(home.config(select=("id",)))
    run(home.config(select=("id",), add_source=(ROW,), on_bad_row=OnBadRow.QUARANTINE))
    assert csv_rows(home.output / "out.csv")[1:] == [["1", "1"], ["3", "3"]]


def test_strata_and_measures_are_named_as_in_the_inputs_and_need_not_be_selected(home: Home) -> None:
    put_inputs(home, "csv")
    totals = {}
    for name, asked in (("plain", {}), ("shaped", {"select": ("id",), "rename": (("quantity", "n"),)})):
        for parquet in (None, str(home.output / f"{name}.parquet")):
            out = str(home.output / f"{name}.csv")
            config = home.config(output_csv=out, output_parquet=parquet, measures=("quantity",), **asked)
            totals[name, parquet is None] = run(config).estimates
        sample = pq.read_table(home.output / f"{name}.csv.sample.parquet")
        assert {*HEADER} <= {*sample.column_names}
    assert totals["plain", True] == totals["shaped", True] == totals["shaped", False]
    with pytest.raises(ConfigError, match="no column 'n'"):
        run(home.config(rename=(("quantity", "n"),), measures=("n",)))


@pytest.mark.parametrize("add_source", [None, (FILE, ROW)])
def test_an_interrupted_job_goes_on_to_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch, add_source: tuple[SourceColumn, ...] | None
) -> None:
    put_inputs(home, "csv")
    without_processes(monkeypatch)

    def job(**more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
        both = {"output_csv": str(home.output / "o.csv")} | (
            {"output_parquet": str(home.output / "o.parquet")} if add_source else {}
        )
        return home.config(**both, chunk_bytes=4 * KIB, **{**SHAPED, "add_source": add_source}, **more)

    run(job(), runner=InlineRunner())
    whole = (home.output / "o.csv").read_bytes()
    with pytest.raises(Crash):
        run(job(), runner=CrashAfter(3, InlineRunner(), Crash()))
    with pytest.raises(ConfigError, match="--exclude was not given"):
        run(job(resume=True, exclude=("price",)), runner=InlineRunner())
    run(job(resume=True), runner=InlineRunner())
    assert (home.output / "o.csv").read_bytes() == whole
    assert home.leftovers() == []


def test_a_column_that_is_not_there_is_refused_before_any_row_is_read(home: Home) -> None:
    home.put("a.csv", b"product,quantity\na,1\nbroken\n")
    with pytest.raises(ConfigError, match="--select names column 'x'"):
        run(home.config(select=("x",), on_bad_row=OnBadRow.STRICT, output_parquet=str(home.output / "p.parquet")))


def test_an_output_without_rows_has_the_columns(home: Home) -> None:
    home.put("a.csv", b"product,quantity\n")
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    run(home.config(**both, select=("quantity",), add_source=(FILE, ROW)))
    assert (home.output / "o.csv").read_bytes() == b"quantity,source_file,source_row\n"
    assert pq.read_schema(home.output / "o.parquet").names == ["quantity", "source_file", "source_row"]


def test_the_command_line_says_it_all(home: Home, command: Command) -> None:
    home.put("a.csv", b'product,"a, b",c=d\ntea,1,2\n')
    etl, out = ("-m", "etl_batch"), home.output / "o.csv"
    done = command(
        *etl, "run", "-i", home.data / "a.csv", "-o", out, "--select", '"a, b",product',
        "--rename", '"a, b"=n,product=p', "--add-source", "file,row", "--quiet",
    )  # fmt: skip
    assert (done.code, out.read_text()) == (0, "n,p,source_file,source_row\n1,tea,a.csv,1\n")
    refused = command(*etl, "run", "-i", home.data / "a.csv", "-o", out, "--exclude", "x")
    assert refused.code == 2
    assert "error[E_CONFIG]: --exclude names column 'x', which is not there; the columns are product, a, b, c=d" in (
        refused.err
    )
