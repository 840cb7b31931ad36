"""Inputs with different columns: joined by name they give what a plain twin of dictionaries gives, in every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import BadRow, ConfigError, SchemaMismatch
from etl_batch.etl_core import run
from etl_batch.options.input_reading import HeaderLine
from etl_batch.options.shape import ColumnsKept, SourceColumn
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.values import KIB
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, record
from tests.helpers.chance import examples
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes

SAME, UNION, INTERSECT = ColumnsKept
FILE, ROW = SourceColumn.FILE, SourceColumn.ROW
Row = dict[str, Any]

#: what a column may hold: of each the same kind in all files, so that types agree
_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "product": st.sampled_from(["MILK", "BREAD, brown", "two\nlines", 'say "hi"', "ä€", "", None]),
    "quantity": st.integers(-9, 9) | st.none(),
    "value": st.integers(-99, 99).map(lambda eighths: eighths / 8) | st.none(),
    "note": st.sampled_from(["=1+1", "x;y", None]),
    "day": st.sampled_from(["2025-12-31", None]),
}
_ARROW = {"product": pa.string(), "quantity": pa.int64(), "value": pa.float64(), "note": pa.string(),
          "day": pa.string()}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A file to be."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str
    bad: frozenset[int] = frozenset()  #: before these rows stands a broken one

    def text(self) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow(self.columns)
        for number, row in enumerate(self.rows):
            if number in self.bad:
                writer.writerow(["1"] * (len(self.columns) + 1))
            cells = [row[name] for name in self.columns]
            if cells == [None]:
                out.write("\n")
            else:
                out.write(self.delimiter.join(map(self._cell, cells)) + "\n")
        return out.getvalue().encode()

    def _cell(self, value: Any) -> str:  # noqa: ANN401 - whatever a column holds
        if value is None:
            return ""
        text = str(value)
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if not text or set(text) & set(',;"\n') else text

    def put(self, home: Home, kind: str) -> None:
        if kind == "parquet":
            fields = {name: pa.array([row[name] for row in self.rows], _ARROW[name]) for name in self.columns}
            pq.write_table(pa.table(fields), home.data / f"{self.name}.parquet", row_group_size=3)
        elif kind == "gz":
            home.put(f"{self.name}.csv.gz", gzip.compress(self.text()))
        else:
            home.put(f"{self.name}.csv", self.text())


@st.composite
def tables(draw: st.DrawFn, delimiter: str) -> list[Table]:
    """Files of some columns each, in any order, some with a broken row."""
    found = []
    for name in "abcd"[: draw(st.integers(2, 4))]:
        columns = tuple(draw(st.lists(st.sampled_from(list(_CELLS)), unique=True, min_size=1)))
        rows = draw(st.lists(st.fixed_dictionaries({one: _CELLS[one] for one in columns}), min_size=1, max_size=9))
        bad = draw(st.sets(st.integers(0, len(rows) - 1), max_size=1))
        found.append(Table(name, columns, tuple(rows), delimiter, frozenset(bad)))
    return found


def twin(files: list[Table], how: ColumnsKept) -> tuple[list[str], list[Row]]:
    """What a job is to make of the files: dictionaries side by side."""
    if how is UNION:
        names = list({name: None for file in files for name in file.columns})
    else:
        names = [name for name in files[0].columns if all(name in file.columns for file in files)]
    return names, [{name: row.get(name) for name in names} for file in files for row in file.rows]


def written(row: Row) -> list[str]:
    """The cells of a row as Python reads them from our CSV."""
    texts = {name: "" if value is None else str(value) for name, value in row.items()}
    return ["'" + text if text.startswith("=") else text for text in texts.values()]


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [row or [""] for row in csv.reader(lines, strict=True)]


def fresh(factory: pytest.TempPathFactory) -> Home:
    home = Home(factory.mktemp("home"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    return home


def job(home: Home, how: ColumnsKept, **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    return home.config(columns=how, header=HeaderLine.YES, chunk_bytes=KIB, **more)


@pytest.mark.parametrize("outputs", [("csv",), ("csv", "parquet")])
@pytest.mark.parametrize("how", [UNION, INTERSECT])
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_csvs_are_joined_as_dictionaries_are(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    how: ColumnsKept,
    outputs: tuple[str, ...],
    data: st.DataObject,
) -> None:
    delimiter = data.draw(st.sampled_from(",;"))
    home, files = fresh(tmp_path_factory), data.draw(tables(delimiter))
    for file in files:
        file.put(home, data.draw(st.sampled_from(["csv", "gz"])))
    names, rows = twin(files, how)
    named = {f"output_{one}": str(home.output / f"o.{one}") for one in outputs} | {"delimiter": delimiter}
    bad = sum(len(file.bad) for file in files)
    with monkeypatch.context() as patch:
        without_processes(patch)
        if not names:
            with pytest.raises(SchemaMismatch, match="no column"):
                run(job(home, how, **named), runner=InlineRunner(2))
            return
        if bad:
            with pytest.raises(BadRow, match="cells"):
                run(job(home, how, **named), runner=InlineRunner(2))
        rule = OnBadRow.QUARANTINE if bad else OnBadRow.STRICT
        result = run(job(home, how, on_bad_row=rule, **named), runner=InlineRunner(2))
    assert csv_rows(home.output / "o.csv") == [names, *map(written, rows)]
    assert (result.rows_out, result.rows_quarantined, result.columns) == (len(rows), bad, tuple(names))
    if "parquet" in outputs:
        table = pq.read_table(home.output / "o.parquet")
        assert table.column_names == names
        for name in names:
            values = [row[name] for row in rows]
            kind = _ARROW[name] if any(value is not None for value in values) else pa.string()
            assert table[name].combine_chunks().equals(pa.array(values, kind))
    assert home.leftovers() == []


@pytest.fixture
def three(home: Home) -> Home:
    """A plain file, one with `;`, one that is compressed; each has its own columns in its own order."""
    home.put("a.csv", b"product,quantity,value\nMILK,1,2.5\nBREAD,2,3.5\n")
    home.put("b.csv", b'value;note;product\n4.25;"x, y";EGGS\n5.75;=z;MILK\n')
    home.put("c.csv.gz", gzip.compress(b"quantity,product\n7,TEA\n"))
    return home


def test_the_first_input_that_differs_is_named_and_what_answers(three: Home) -> None:
    with pytest.raises(SchemaMismatch) as caught:
        run(three.config())
    said = str(caught.value)
    assert "b.csv: column 1 is 'value', where" in said
    assert "it lacks 'quantity'; it has 'note' beside the others" in said
    assert "--columns union" in said


def test_strata_and_measures_that_an_input_lacks_have_no_values_there(three: Home) -> None:
    three.put("0.csv", b"product\nMILK\n")  # the first one says nothing of what its numbers would be
    for parquet in (None, str(three.output / "out.parquet")):
        both = {"output_csv": str(three.output / "out.csv"), "output_parquet": parquet}
        result = run(job(three, UNION, sample_frac=1.0, **both))
        totals = {one.measure: one.exact_total for one in result.estimates}
        assert totals == {"quantity": 10, "value": 16}
        sample = pq.read_table(three.output / "out.csv.sample.parquet")
        rows = sample.select(["product", "quantity", "value", "note"]).to_pylist()
        assert sorted(map(str, rows)) == sorted(
            str({"product": product, "quantity": quantity, "value": value, "note": note})
            for product, quantity, value, note in [
                ("MILK", 1, 2.5, None), ("BREAD", 2, 3.5, None), ("EGGS", None, 4.25, "x, y"),
                ("MILK", None, 5.75, "=z"), ("TEA", 7, None, None), ("MILK", None, None, None),
            ]
        )  # fmt: skip


def test_how_each_was_read_and_each_column_once_stands_in_the_metadata(three: Home) -> None:
    three.put("d.csv", b"day;product\n31.12.2025;TEA\n30.11.2025;TEA\n")
    run(job(three, UNION, types="note=str,quantity=i32", measures=()))
    told = json.loads((three.output / "out.csv.meta.json").read_text())
    readings = {Path(one["path"]).name: one["reading"] for one in told["inputs"]}
    assert {name: read["delimiter"] for name, read in readings.items()} == {
        "a.csv": ",", "b.csv": ";", "c.csv.gz": ",", "d.csv": ";"}  # fmt: skip
    columns = {
        name: [(column["name"], column["type"]) for column in read["columns"]] for name, read in readings.items()
    }
    assert columns == {"a.csv": [("quantity", "i32")], "b.csv": [("note", "str")], "c.csv.gz": [],
                       "d.csv": [("day", "date")]}  # fmt: skip
    assert csv_rows(three.output / "out.csv")[-1] == ["TEA", "", "", "", "2025-11-30"]


def test_joined_rows_are_written_in_another_dialect_but_for_those_that_cannot_be(three: Home) -> None:
    three.put("d.csv", "value,product,note\n1.25,TEA,\U0001f40d\n0.75,ÖL,x\n".encode())
    asked = {"out_decimal": ",", "out_delimiter": ";", "out_encoding": "cp1252", "measures": ()}
    with pytest.raises(BadRow, match=r"d\.csv, row 1 .*column 'note'.*is not in"):
        run(job(three, UNION, **asked))
    run(job(three, UNION, on_bad_row=OnBadRow.QUARANTINE, **asked))
    assert (three.output / "out.csv").read_bytes().decode("cp1252").splitlines()[1:] == [
        "MILK;1;2,5;", "BREAD;2;3,5;", 'EGGS;;4,25;"x, y"', 'MILK;;5,75;"\'=z"', "TEA;7;;", "ÖL;;0,75;x"]  # fmt: skip


def test_the_other_flags_name_the_joined_columns(three: Home) -> None:
    asked = {"select": ("note", "quantity"), "rename": (("quantity", "n"),), "add_source": (FILE, ROW)}
    result = run(job(three, UNION, measures=(), types="quantity=i32", **asked))
    assert result.columns == ("note", "n", "source_file", "source_row")
    assert any("b.csv has no column 'quantity': there is no value in it" in note for note in result.notes)
    assert csv_rows(three.output / "out.csv")[1:] == [
        ["", "1", "a.csv", "1"], ["", "2", "a.csv", "2"], ["x, y", "", "b.csv", "1"], ["'=z", "", "b.csv", "2"],
        ["", "7", "c.csv.gz", "1"],
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="--select names column 'quantity'"):
        run(job(three, INTERSECT, select=("quantity",)))


@pytest.mark.parametrize("how", [UNION, INTERSECT])
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_parquet_files_and_csvs_among_them_are_joined_as_dictionaries_are(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, how: ColumnsKept, data: st.DataObject
) -> None:
    home = fresh(tmp_path_factory)
    files = [Table(one.name, one.columns, one.rows, ",") for one in data.draw(tables(","))]
    for file in files[1:]:
        file.put(home, data.draw(st.sampled_from(["csv", "parquet"])))
    files[0].put(home, "parquet")
    names, rows = twin(files, how)
    both = {f"output_{one}": str(home.output / f"o.{one}") for one in ("csv", "parquet")}
    with monkeypatch.context() as patch:
        without_processes(patch)
        if names:
            result = run(job(home, how, delimiter=",", **both), runner=InlineRunner(2))
            assert csv_rows(home.output / "o.csv") == [names, *map(written, rows)]
            table = pq.read_table(home.output / "o.parquet")
            assert table.to_pylist() == rows
            measures = [name for name in ("quantity", "value") if name in names and "product" in names]
            totals = {one.measure: one.exact_total for one in result.estimates}
            assert totals == {name: sum(row[name] or 0 for row in rows) for name in measures}
    assert home.leftovers() == []


def test_parquet_files_with_other_types_of_one_name_are_refused_with_both(home: Home) -> None:
    pq.write_table(pa.table({"a": pa.array([1], pa.int32()), "b": [1]}), home.data / "a.parquet")
    pq.write_table(pa.table({"a": pa.array([1], pa.int64())}), home.data / "b.parquet")
    for how in (UNION, INTERSECT):
        with pytest.raises(SchemaMismatch, match=r"column 'a' is int32 in .*a\.parquet and int64 in .*b\.parquet"):
            run(job(home, how))


def test_records_of_different_layouts_are_joined_with_csvs(home: Home) -> None:
    home.put("a.bin", record(1) + record(2), LAYOUT)
    shorter = LAYOUT.replace('name = "quantity"', 'name = "pieces"')
    home.put("b.bin", record(3), shorter)
    home.put("c.csv", b"pieces,id\n7,4\n")
    run(job(home, UNION, select=("id", "pieces", "quantity"), measures=("pieces",), sample_frac=1.0))
    rows = csv_rows(home.output / "out.csv")
    assert [(cells[0], bool(cells[1]), bool(cells[2])) for cells in rows[1:]] == [
        ("1", False, True), ("2", False, True), ("3", True, False), ("4", True, False)]  # fmt: skip
    assert rows[4] == ["4", "7", ""]
    assert '""' not in (home.output / "out.csv").read_text(), "an empty text is another thing"
    sample = pq.read_table(home.output / "out.csv.sample.parquet")
    assert sample["quantity"].null_count == 2


def test_any_workers_any_chunk_a_check_and_a_folder(home: Home) -> None:
    lines = "".join(f"{number},{number / 4}\n" for number in range(3000))
    home.put("a.csv", f"quantity,value\n{lines}".encode())
    home.put("b.csv", f"value,quantity,product\n{lines.replace(chr(10), ',MILK' + chr(10))}".encode())
    found = set()
    for workers, chunk in ((1, 64 * KIB), (2, 4 * KIB)):
        out = home.output / f"{workers}.csv"
        config = home.config(columns=UNION, output_csv=str(out), output_parquet=f"{home.output}/{workers}/",
                             types="quantity=f64,value=f64", workers=workers, chunk_bytes=chunk)  # fmt: skip
        checked = dry_run(config)
        result = run(config)
        assert checked.rows == result.rows_out == 6000
        assert checked.outputs[0].bytes + len("quantity,value,product\n") == out.stat().st_size
        found.add((out.read_bytes(), str(result.estimates)))
        tables = [pq.read_table(part) for part in sorted((home.output / str(workers)).glob("*.parquet"))]
        assert pa.concat_tables(tables)["product"].null_count == 3000
    assert len(found) == 1


def test_an_interrupted_job_goes_on_to_the_same(three: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    run(job(three, UNION), runner=InlineRunner())
    whole = (three.output / "out.csv").read_bytes()
    with pytest.raises(Crash):
        run(job(three, UNION), runner=CrashAfter(2, InlineRunner(), Crash()))
    with pytest.raises(ConfigError, match="--columns"):
        run(job(three, INTERSECT, resume=True), runner=InlineRunner())
    run(job(three, UNION, resume=True), runner=InlineRunner())
    assert (three.output / "out.csv").read_bytes() == whole
    assert three.leftovers() == []


def test_a_column_of_numbers_here_and_of_texts_there_is_refused_with_both(home: Home) -> None:
    home.put("a.csv", b"id,n\n1,2\n")
    home.put("b.csv", b"n,x\ntwo,3\n")
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    with pytest.raises(SchemaMismatch, match=r"column 'n' is i64 in .*a\.csv and str in .*b\.csv; --types n=str"):
        run(job(home, UNION, **both))
    run(job(home, UNION, types="n=str", **both))
    assert pq.read_table(home.output / "o.parquet")["n"].to_pylist() == ["2", "two"]
    run(job(home, UNION, output_csv=both["output_csv"]))  # text has one type
    assert csv_rows(home.output / "o.csv")[1:] == [["1", "2", ""], ["", "two", "3"]]


def test_numbers_that_are_written_in_two_ways_are_no_conflict(home: Home) -> None:
    home.put("a.csv", b"id,n,x\n007,2,1\n")
    home.put("b.csv", b"n,id\n2.5,3\n")
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    told = run(job(home, UNION, **both)).notes
    assert pq.read_table(home.output / "o.parquet").to_pylist() == [
        {"id": "007", "n": "2", "x": 1}, {"id": "3", "n": "2.5", "x": None}]  # fmt: skip
    assert sum("stays text: it holds numbers, but not all of one type" in note for note in told) == 2
    run(job(home, UNION, types="n=f64", **both))
    assert pq.read_table(home.output / "o.parquet")["n"].to_pylist() == [2.0, 2.5]


def test_measures_of_a_csv_have_the_strata_of_a_parquet_file(home: Home) -> None:
    pq.write_table(pa.table({"product": ["MILK"]}), home.data / "a.parquet")
    home.put("b.csv", b"quantity,x\n5,1\n7,2\n")
    (total,) = run(job(home, UNION, measures=("quantity",))).estimates
    assert total.exact_total == 12
    assert [one.stratum for one in total.strata if one.exact_total] == ["(null)"]


def test_files_without_a_header_are_the_same_by_position_and_joined_by_none(home: Home) -> None:
    home.put("a.csv", b"1,2\n3,4\n")
    home.put("b.csv", b"5,6\n")
    run(home.config(columns=UNION, header=HeaderLine.NO))
    assert csv_rows(home.output / "out.csv")[1:] == [["1", "2"], ["3", "4"], ["5", "6"]]
    home.put("c.csv", b"7,8,9\n")
    with pytest.raises(SchemaMismatch, match="have no names to be joined by"):
        run(home.config(columns=UNION, header=HeaderLine.NO))
