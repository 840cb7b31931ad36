"""The dialect of a CSV: whoever reads it by that gets the cells of the same job without these flags."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import REACHING, escape_csv_injection, is_formula, unescape_csv_injection
from etl_batch.config import Escaping, JobConfig, OnBadRow
from etl_batch.errors import BadRow, ConfigError, EtlError
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import columns_of, estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.output_dialect import LineEnd
from etl_batch.options.shape import SourceColumn
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.values import KIB
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.chance import examples
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes

TEXTS = ("MILK", "Käse; Öl", "=1+1", "two\nlines", 'say "hi"', "", "-5,=2", "a;=1;@b", "x|-3", "100%", "ä€ł",
         "- a, - b", "a,-1,5", "a,+SUM(B1;C2)", "plain, and longer than a word of a processor")  # fmt: skip
HEADER = ("id", "product", "quantity", "price", "paid")
USUAL = ",;\t|"  #: what spreadsheets split at
Rows = list[list[str]]
GERMAN: dict[str, Any] = {"out_delimiter": ";", "out_decimal": ",", "out_line_end": LineEnd.CRLF}
KINDS = pytest.mark.parametrize("kind", ["csv", "bin", "parquet"])


def put_inputs(home: Home, kind: str) -> None:
    """Two inputs of some format, that make more spans than one."""
    for name, count in (("a", 700), ("b", 300)):
        chance = random.Random(count)
        products = [chance.choice(TEXTS) for _ in range(count)]
        prices = [chance.choice([chance.random() * 100 - 50, 0.5, -1e20]) for _ in range(count)]
        if kind == "bin":
            home.put(f"{name}.bin", records(count, count), LAYOUT)
        elif kind == "csv":
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerows([HEADER, *([row, products[row], row % 50, prices[row], "true"] for row in range(count))])
            home.put(f"{name}.csv", out.getvalue().encode())
        else:
            paid = pa.array([row % 3 == 0 or None for row in range(count)], pa.bool_())
            columns = {"id": range(count), "product": products, "quantity": range(count), "price": prices, "paid": paid}
            pq.write_table(pa.table(columns), home.data / f"{name}.parquet", row_group_size=128)


def text_of(path: Path, encoding: str = "utf-8") -> str:
    """What a file holds, its line ends as they are."""
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(encoding)


def csv_rows(text: str, delimiter: str = ",") -> Rows:
    """The header and the rows, as Python reads them."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def in_dialect(rows: Rows, config: JobConfig) -> tuple[Rows, Rows]:
    """The plain twin: the rows of the job without flags as those of one with them, and those that it cannot write."""
    header, *body = rows
    written: Rows = [header]
    refused: Rows = []
    for row in body:
        cells = []
        for name, cell in zip(header, row, strict=True):
            if name == "price":
                cells.append(cell.replace(".", config.out_decimal))
            elif config.escapes and name == "product":
                cells.append(escape_csv_injection(unescape_csv_injection(cell), config.out_delimiter))
            else:
                cells.append(cell)
        is_lost = "".join(cells).encode(config.out_encoding, "ignore").decode(config.out_encoding) != "".join(cells)
        (refused if is_lost else written).append(cells)
    return written, refused


_delimiters = st.sampled_from([*USUAL, "~", "^", ":", " "])
_encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "ascii", "cp1250", "cp500"])


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    """What may be asked for."""
    delimiter = draw(_delimiters)
    decimal = draw(st.sampled_from(".,")) if delimiter != "," else "."
    return {"out_delimiter": delimiter, "out_decimal": decimal, "out_line_end": draw(st.sampled_from(LineEnd)),
            "out_encoding": draw(_encodings)}  # fmt: skip


@KINDS
@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialects(), st.data())
def test_a_reader_of_the_dialect_gets_the_cells_of_the_plain_job(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, kind: str,
    asked: dict[str, Any], data: st.DataObject,
) -> None:  # fmt: skip
    home = Home(tmp_path_factory.mktemp("home"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    put_inputs(home, kind)
    more = {"chunk_bytes": 8 * KIB, "escaping": data.draw(st.sampled_from(Escaping)),
            "measures": data.draw(st.sampled_from([(), ("quantity",)])),
            "output_parquet": data.draw(st.sampled_from([None, str(home.output / "o.parquet")]))}  # fmt: skip
    with monkeypatch.context() as patch:
        without_processes(patch)
        run(home.config(output_csv=str(home.output / "plain.csv"), **more), runner=InlineRunner(2))
        plain = csv_rows(text_of(home.output / "plain.csv"))
        config = home.config(on_bad_row=OnBadRow.QUARANTINE, output_csv=str(home.output / "o.csv"), **more, **asked)
        result = run(config, runner=InlineRunner(2))
    expected, refused = in_dialect(plain, config)
    text = text_of(home.output / "o.csv", asked["out_encoding"])
    assert csv_rows(text, asked["out_delimiter"]) == expected
    assert text.count("\r\n") == (len(expected) if asked["out_line_end"] == LineEnd.CRLF else 0)
    assert (result.rows_out, result.rows_quarantined) == (len(expected) - 1, len(refused))
    rejects = home.output / "o.csv.rejected.csv"
    assert rejects.exists() == bool(refused)
    if refused:
        assert len(csv_rows(text_of(rejects))) == 1 + len(refused)
    if more["output_parquet"]:
        assert pq.read_table(home.output / "o.parquet").num_rows == len(expected) - 1
    if config.escapes:
        assert list(formulas(expected, asked["out_delimiter"])) == []
    assert home.leftovers() == []


def formulas(rows: Rows, delimiter: str) -> Iterator[str]:
    """What a spreadsheet may run, whatever it splits the cells at; numbers, German ones, too, and bullets are none."""
    number = re.compile(r" *[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)? *", re.ASCII)
    splits = "[;\t|\r\n]" if delimiter == "," else f"[;\t|\r\n,{re.escape(delimiter)}]"
    for row in rows:
        for cell in row:
            for piece in re.split(splits, cell):
                is_bullet = piece.strip().startswith(("- ", "+ ")) and not any(one in piece for one in REACHING)
                if is_formula(piece.lstrip('"')) and not is_bullet and not number.fullmatch(piece):
                    yield piece


LOSSY: dict[str, Any] = {**GERMAN, "out_encoding": "cp1252"}


@KINDS
def test_any_number_of_workers_any_chunk_and_a_check(home: Home, kind: str) -> None:
    put_inputs(home, kind)
    found = set()
    for workers, chunk in ((1, 64 * KIB), (2, 4 * KIB)):
        out = home.output / f"{workers}.csv"
        config = home.config(output_csv=str(out), workers=workers, chunk_bytes=chunk, on_bad_row=OnBadRow.QUARANTINE,
                             **{**LOSSY, "out_encoding": "ascii"})  # fmt: skip
        checked = dry_run(config)
        result = run(config)
        assert (checked.bad_rows, result.rows_quarantined > 50) == (result.rows_quarantined, True)
        assert checked.outputs[0].bytes + len(out.read_bytes().split(b"\n")[0]) + 1 == out.stat().st_size
        found.add((out.read_bytes(), (home.output / f"{workers}.csv.rejected.csv").read_bytes()))
    assert len(found) == 1
    (told,) = json.loads((home.output / "1.csv.meta.json").read_text())["outputs"]
    assert told["dialect"] == {"delimiter": ";", "decimal": ",", "line_end": "crlf", "encoding": "ascii"}
    assert told["sha256"] == hashlib.sha256((home.output / "1.csv").read_bytes()).hexdigest()


def test_a_row_with_a_character_that_the_encoding_lacks_is_named(home: Home) -> None:
    rows = 'id,name\n1,Käse\n2,"a, Złoty"\nbroken\n3,x\n4,😀 ł\n'
    home.put("a.csv", rows.replace("broken\n", "").encode())
    with pytest.raises(
        BadRow, match=r"row 2 \(at byte 16\): column 'name': 'ł' \(U\+0142\) is not in --out-encoding cp1252"
    ):
        run(home.config(out_encoding="cp1252", measures=()))
    home.put("a.csv", rows.encode())
    for chunk_bytes in (64 * KIB, 16):  # a broken row is named first, whichever spans there are
        with pytest.raises(BadRow, match="row 3"):
            run(home.config(out_encoding="cp1252", measures=(), chunk_bytes=chunk_bytes))
    for more in ({}, {"output_parquet": str(home.output / "o.parquet")}):
        result = run(home.config(out_encoding="cp1252", on_bad_row=OnBadRow.QUARANTINE,
                                 output_csv=str(home.output / "o.csv"), strata="name", measures=("id",),
                                 **more))  # fmt: skip
        assert (result.rows_in, result.rows_out, result.rows_quarantined) == (5, 2, 3)
        assert (home.output / "o.csv").read_bytes() == "id,name\n1,Käse\n3,x\n".encode("cp1252")
        _, *rejected = csv_rows(text_of(home.output / "o.csv.rejected.csv"))
        assert [(row[1], row[2], row[4]) for row in rejected] == [
            ("2", "16", '2,"a, Złoty"'), ("3", "30", "broken"), ("5", "41", "4,😀 ł")
        ]  # fmt: skip
        assert [row["id"] for row in pq.read_table(home.output / "o.csv.sample.parquet").to_pylist()] == [1, 3]
    assert pq.read_table(home.output / "o.parquet").to_pylist() == [{"id": 1, "name": "Käse"}, {"id": 3, "name": "x"}]


@KINDS
def test_rows_left_out_are_missing_everywhere_and_the_others_keep_their_numbers(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    put_inputs(home, kind)
    without_processes(monkeypatch)
    more: dict[str, Any] = {"add_source": (SourceColumn.ROW,), "chunk_bytes": 4 * KIB, "measures": ("quantity",)}
    run(home.config(output_csv=str(home.output / "plain.csv"), **more), runner=InlineRunner(2))
    header, *plain = csv_rows(text_of(home.output / "plain.csv"))
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    config = home.config(out_encoding="ascii", on_bad_row=OnBadRow.QUARANTINE, sample_frac=1.0, **both, **more)
    result = run(config, runner=InlineRunner(2))
    kept = [row for row in plain if "".join(row).isascii()]
    assert (result.rows_out, result.rows_quarantined) == (len(kept), len(plain) - len(kept))
    assert csv_rows(text_of(home.output / "o.csv")) == [header, *kept]
    places = [header.index(name) for name in ("id", "quantity", "source_row")]
    numbers = [tuple(int(row[place]) for place in places) for row in kept]
    table = pq.read_table(home.output / "o.parquet").select(["id", "quantity", "source_row"])
    assert list(zip(*table.to_pydict().values(), strict=True)) == numbers
    sample = pq.read_table(home.output / "o.csv.sample.parquet")
    assert sorted(sample["id"].to_pylist()) == sorted(number for number, _, _ in numbers)
    assert result.estimates[0].exact_total == sum(quantity for _, quantity, _ in numbers)
    _, *rejected = csv_rows(text_of(home.output / "o.csv.rejected.csv"))
    lost = [row[header.index("source_row")] for row in plain if not "".join(row).isascii()]
    assert [row[1] for row in rejected] == lost


def test_of_cells_that_are_read_as_they_are_meant_the_row_is_shown_as_it_stands(home: Home) -> None:
    home.put("a.csv", "id;name;price\n1;a;1.234,50\n2;Ł;2.345,75\n".encode())
    run(home.config(delimiter=";", out_encoding="cp1252", on_bad_row=OnBadRow.QUARANTINE, measures=()))
    _, *rejected = csv_rows(text_of(home.output / "out.csv.rejected.csv"))
    assert [(row[1], row[2], row[4]) for row in rejected] == [("2", "27", "2;Ł;2.345,75")]


def test_of_a_file_in_another_encoding_the_row_is_shown_as_it_stands_there(home: Home) -> None:
    text = 'id;name\r\n1;Käse\r\n2;Öl €\r\n3;"a\r\nb Ł"\r\n4;x\r\n'
    home.put("a.csv", text.encode("cp1250").replace(b"\xd6l", b"\xd6l"))
    result = run(home.config(encoding="cp1250", delimiter=";", out_encoding="latin-1", on_bad_row=OnBadRow.QUARANTINE,
                             output_csv=str(home.output / "o.csv"), measures=()))  # fmt: skip
    assert (result.rows_out, result.rows_quarantined) == (2, 2)
    _, *rejected = csv_rows(text_of(home.output / "o.csv.rejected.csv"))
    assert [(row[1], row[2], row[4]) for row in rejected] == [("2", "17", "2;Öl €"), ("3", "25", '3;"a\r\nb Ł"')]


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz", "o.csv.zst"])
@pytest.mark.parametrize("asked", [GERMAN, {"out_delimiter": "\t", "out_encoding": "utf-16"}], ids=["german", "utf-16"])
def test_an_interrupted_job_goes_on_to_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, asked: dict[str, Any]
) -> None:
    put_inputs(home, "csv")
    without_processes(monkeypatch)

    def job(**more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
        return home.config(output_csv=str(home.output / name), chunk_bytes=4 * KIB, **{**asked, **more})

    run(job(), runner=InlineRunner())
    whole = (home.output / name).read_bytes()
    told = json.loads((home.output / f"{name}.meta.json").read_text())["outputs"][0]
    with pytest.raises(Crash):
        run(job(), runner=CrashAfter(3, InlineRunner(), Crash()))
    with pytest.raises(ConfigError, match="--out-delimiter"):
        run(job(resume=True, out_delimiter="|"), runner=InlineRunner())
    run(job(resume=True), runner=InlineRunner())
    assert (home.output / name).read_bytes() == whole
    again = json.loads((home.output / f"{name}.meta.json").read_text())["outputs"][0]
    keys = ("sha256", "bytes", "dialect", *(["sha256_content"] if name != "o.csv" else []))
    assert [again[key] for key in keys] == [told[key] for key in keys]
    assert home.leftovers() == []


def test_what_is_in_a_compressed_one_is_what_would_have_been_written(home: Home) -> None:
    put_inputs(home, "parquet")
    run(home.config(output_csv=str(home.output / "p.csv"), out_encoding="utf-16", **GERMAN))
    result = run(
        home.config(output_csv=str(home.output / "p.csv.gz"), out_encoding="utf-16", chunk_bytes=4096, **GERMAN)
    )
    plain = (home.output / "p.csv").read_bytes()
    assert gzip.decompress((home.output / "p.csv.gz").read_bytes()) == plain
    assert result.outputs[0].sha256_content == hashlib.sha256(plain).hexdigest()


def test_chosen_columns_and_numbers_of_rows(home: Home) -> None:
    put_inputs(home, "bin")
    shape: dict[str, Any] = {"select": ("price", "product"), "rename": (("price", "Preis"),),
                             "add_source": (SourceColumn.ROW,), "out_encoding": "cp1252"}  # fmt: skip
    run(home.config(output_csv=str(home.output / "o.csv"), **GERMAN, **shape))
    head, *rows = csv_rows(text_of(home.output / "o.csv", "cp1252"), ";")
    assert head == ["Preis", "product", "source_row"]
    assert [row[2] for row in rows] == [str(row) for count in (700, 300) for row in range(1, count + 1)]
    assert [float(row[0].replace(",", ".")) for row in rows[:700]] == [number * 0.37 for number in range(700)]


def test_columns_of_a_csv_are_numbers_by_every_cell_or_by_their_type(home: Home) -> None:
    home.put("a.csv", b"a,b,c,d,e\n1.5,1.5,007.5,1.5,1\n2,x.y,1.5,2.5,2\n")
    run(home.config(output_csv=str(home.output / "o.csv"), types="d=str,c=decimal(8,2)", measures=(), **GERMAN))
    assert (home.output / "o.csv").read_bytes().split(b"\r\n")[1:3] == [b"1,5;1.5;7,50;1.5;1", b"2;x.y;1,50;2.5;2"]


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "cp500"])
def test_an_estimate_reads_it_as_its_run_wrote_it(home: Home, name: str, encoding: str) -> None:
    rows = [f'{row},"Käse, Öl {row % 3}",{row / 4}\n' for row in range(200)]
    home.put("a.csv", ("id,product,price\n" + "".join(rows)).encode())
    out = home.output / name
    run(home.config(output_csv=str(out), out_encoding=encoding, measures=("price",), **GERMAN))
    asked = Question(measures=("price",), measures_named=True, exact=True)
    (price,) = estimate_file(home.config(out), asked).estimates
    assert (price.total, len(price.strata)) == (sum(row / 4 for row in range(200)), 3)
    (number,) = estimate_file(home.config(out), replace(asked, measures=("id",), strata=None)).estimates
    assert number.total == sum(range(200)), "of a column that its sample does not total"
    assert columns_of(home.config(out)).keys() == {"id", "product", "price"}
    with pytest.raises(EtlError):  # what is said stands
        estimate_file(home.config(out, delimiter="|"), asked)
    if name == "o.csv":  # it is another file now, of which the metadata say nothing
        out.write_bytes("id,product,price\n1,Käse,2.5\n".encode())
        assert estimate_file(home.config(out), asked).estimates[0].total == 2.5


def test_german_in_german_out_and_in_again_has_the_same_totals(home: Home, command: Command) -> None:
    chance = random.Random(5)
    rows = [f"{row};Käse & Öl {row % 7};{row % 28 + 1:02}.01.2025;{chance.randint(1, 9)}.{chance.randint(100, 999)},"
            f"{chance.randint(0, 99):02};- {row}; z" for row in range(900)]  # fmt: skip
    home.put("a.csv", "\r\n".join(["Nr;Ware;Tag;Betrag;Text;Rest", *rows, ""]).encode("cp1252"))
    german = ["--out-delimiter", ";", "--out-decimal", ",", "--out-encoding", "cp1252", "--out-line-end", "crlf"]
    totals, at = [], home.data / "a.csv"
    for name in ("b.csv", "c.csv"):
        out = home.output / name
        done = command("-m", "etl_batch", "run", "-i", at, "-o", out, "--encoding", "cp1252", *german, "-w", "1",
                       "--strata", "Ware", "--measures", "Betrag", "--quiet")  # fmt: skip
        assert done.code == 0, done.err
        (estimate,) = json.loads((home.output / f"{name}.meta.json").read_text())["estimates"]
        totals.append((estimate["exact_total_text"], [one["exact_total_text"] for one in estimate["strata"]]))
        at = out
    assert totals[0] == totals[1]
    found = json.loads(command("-m", "etl_batch", "sniff", at, "--encoding", "cp1252", "--json").out)
    assert (found["delimiter"], found["decimal"], found["line_end"]) == (";", ",", "crlf")
    refused = command("-m", "etl_batch", "run", "-i", at, "-o", home.output / "d.csv", "--out-decimal", ",")
    assert refused.code == 2
    assert "--out-delimiter ';'" in refused.err
