"""What was taken of each input, who said it and how sure it is, stands in the metadata and in the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl_batch.etl_core import run
from etl_batch.options.input_reading import HeaderLine
from etl_batch.pipeline.outputs.metadata import result_of_json
from etl_batch.values import JobResult
from tests.acceptance.test_meant_cells import GERMAN
from tests.conftest import PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, records

CORE = PROJECT / "etl_batch" / "etl_core.py"
PROPERTIES = {
    "encoding", "line_end", "delimiter", "quote", "escape", "skip_lines", "skip_footer", "comment", "header", "decimal",
    "thousands",
}  # fmt: skip


def read(home: Home, content: bytes, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of the config
    """How a job read it, as the metadata have it."""
    result = run(home.config(home.put("x.csv", content), **more))
    metadata = json.loads(_metadata(result).read_text())
    (one,) = metadata["inputs"]
    assert one["reading"] == metadata["reading"]
    assert result_of_json(_metadata(result).read_bytes(), _metadata(result)).inputs == result.inputs
    found: dict[str, Any] = metadata["reading"]
    assert found["by"].keys() == found["sure"].keys() == found["evidence"].keys() == PROPERTIES
    assert all(0 < sure <= 1 for sure in found["sure"].values())
    return found


def _metadata(result: JobResult) -> Path:
    assert result.metadata_path is not None
    return result.metadata_path


def test_what_the_rows_tell_and_prove_is_there_with_how_sure_it_is(home: Home) -> None:
    found = read(home, b"a title\n" + GERMAN)
    assert {name: found[name] for name in PROPERTIES} == {
        "encoding": "utf-8", "line_end": "lf", "delimiter": ";", "quote": '"', "escape": None, "skip_lines": 1,
        "skip_footer": 0, "comment": None, "header": True, "decimal": ",", "thousands": ".",
    }  # fmt: skip
    assert (found["by"]["delimiter"], found["by"]["skip_lines"], found["by"]["decimal"]) == ("told", "told", "proved")
    assert found["evidence"]["delimiter"] == "4 of 5 lines have 5 cells by it, and by no other as many agree as well"
    assert found["sure"]["delimiter"] < 1
    columns = {column["name"]: column for column in found["columns"]}
    assert set(columns) == {"value", "day", "when"}
    assert (columns["value"]["type"], columns["value"]["decimal"], columns["value"]["thousands"]) == (
        "number",
        ",",
        ".",
    )
    assert (columns["day"]["type"], columns["day"]["date_format"]) == ("date", "%d.%m.%Y")
    assert {column["by"] for column in columns.values()} == {"proved"}


def test_what_is_given_is_said_and_no_guess(home: Home) -> None:
    found = read(
        home, "Käse;1,5\nÖl;2,5\n".encode("cp1252"), encoding="cp1252", delimiter=";", header=HeaderLine.NO,
        skip_lines=0, decimal=",", types="column_2=decimal(5,2)",
    )  # fmt: skip
    said = {"encoding", "delimiter", "header", "skip_lines", "decimal"}
    assert {name for name, by in found["by"].items() if by == "said"} == said
    assert all(found["sure"][name] == 1 for name in said)
    assert (found["encoding"], found["header"]) == ("cp1252", False)
    (column,) = found["columns"]
    assert (column["name"], column["type"], column["by"]) == ("column_2", "decimal(5,2)", "said")


def test_what_the_rows_tell_too_is_said_where_somebody_said_it(home: Home) -> None:
    found = read(home, b"a title\n" + GERMAN, delimiter=";", header=HeaderLine.YES)
    assert (found["by"]["delimiter"], found["by"]["header"], found["by"]["skip_lines"]) == ("said", "said", "told")


def test_signs_of_other_dialects_are_told_or_said(home: Home) -> None:
    content = b"# by hand\r\na||b\r\n'x ''y'''||1\r\n'z||'||2\r\nsum||3\r\n"
    found = read(home, content, delimiter="||", quote="'", skip_footer=1)
    assert {name: found[name] for name in ("delimiter", "quote", "escape", "skip_footer", "comment", "line_end")} == {
        "delimiter": "||", "quote": "'", "escape": None, "skip_footer": 1, "comment": "#", "line_end": "crlf",
    }  # fmt: skip
    assert {name for name, by in found["by"].items() if by == "said"} == {"delimiter", "quote", "skip_footer"}
    assert (found["by"]["comment"], found["sure"]["line_end"]) == ("told", 1)


def test_a_plain_file_is_read_as_usual(home: Home) -> None:
    found = read(home, b"a,b\r\nx,1\r\n")
    assert (found["delimiter"], found["line_end"], found["header"], found["columns"]) == (",", "crlf", True, [])
    assert {found["by"][name] for name in ("delimiter", "quote", "header", "decimal")} == {"usual"}
    assert found["evidence"]["delimiter"] == "it divides every row into 2 cells"


@pytest.mark.parametrize("is_two_passes", [False, True])
def test_line_ends_are_those_of_all_rows(home: Home, is_two_passes: bool) -> None:
    more = {"output_parquet": str(home.output / "out.parquet")} if is_two_passes else {}
    found = read(home, b"a,b\nx,1\r\nx,2\r\nx,3\r\n", **more)
    assert (found["line_end"], found["sure"]["line_end"]) == ("crlf", 0.75)
    assert found["evidence"]["line_end"].startswith("1 of 4 line ends with LF")


@pytest.mark.parametrize(
    ("content", "name"), [(b"a,b\rx,1\rx,2\r", "cr"), (b"a,b\nx,1\n", "lf"), (b"a,b", "lf"), (b"a,b\nx,1", "lf")]
)
def test_line_ends_have_names(home: Home, content: bytes, name: str) -> None:
    assert read(home, content)["line_end"] == name


def test_a_line_that_names_the_delimiter_is_left_out(home: Home) -> None:
    found = read(home, b"sep=;\na;b\nx;1\n")
    assert (found["delimiter"], found["by"]["delimiter"], found["skip_lines"]) == (";", "told", 1)


def test_one_column_has_no_delimiter(home: Home) -> None:
    assert read(home, b"a\n1\n2\n")["delimiter"] is None
    assert read(home, b"a,b\n1,5\n", delimiter="\x1f")["delimiter"] is None


def test_what_a_row_refutes_is_no_column_of_dates(home: Home) -> None:
    found = read(home, b"product;day\nA;31.12.2025\nB;01.02.2025\n" + b"C;05.02.2025\n" * 20_000 + b"D;soon\n")
    assert found["columns"] == []


def test_types_of_a_parquet_are_proved_by_every_row(home: Home) -> None:
    found = read(home, b"a,b\nx,1\ny,2\n", output_parquet=str(home.output / "out.parquet"))
    assert [(one["name"], one["type"], one["by"]) for one in found["columns"]] == [("b", "i64", "proved")]


def test_each_file_is_told_of_and_columns_once(home: Home) -> None:
    first, second = home.put("a.csv", GERMAN), home.put("b.csv", GERMAN.replace(b";", b"\t").replace(b"B\t", b"B;"))
    result = run(home.config(first, second))
    readings = [one.reading or {} for one in result.inputs]
    assert [one["delimiter"] for one in readings] == [";", "\t"]
    assert [len(one["columns"]) for one in readings] == [3, 0]


def test_records_are_no_text(home: Home) -> None:
    result = run(home.config(home.put("x.bin", records(5), LAYOUT)))
    metadata = json.loads(_metadata(result).read_text())
    assert "reading" not in metadata["inputs"][0]
    assert metadata["reading"] is None
    assert "How each file was read" not in result.report_paths[0].read_text()


def test_the_report_says_it_in_words(home: Home) -> None:
    report = run(home.config(home.put("x.csv", GERMAN))).report_paths[0].read_text()
    assert "How each file was read" in report
    for words in ("a semicolon", "99% sure, by its first rows", "proved by every row", "names the columns", "%d.%m.%Y"):
        assert words in report, words


def test_a_check_says_it_too(home: Home, command: Command) -> None:
    home.put("x.csv", GERMAN)
    found = command(CORE, "--check", "--json", cwd=home.path).json()
    assert found["inputs"][0]["reading"]["delimiter"] == ";"
