"""`--format`: files are read as what they are said to be: by the command line, the form, again, a check, a question."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import EmptyInput, EtlError, FormatExtension, FormatMagic, LayoutMissing
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import columns_of, estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.registry import FORMATS, format_named
from etl_batch.launch.options import arguments, config_of, job_options, values_of
from etl_batch.options.input_reading import InputFormat
from etl_batch.pipeline.inputs import find_inputs
from etl_batch.text.flag import Kind
from tests.conftest import ACTOR, Command, Home

_ROWS = b"id,quantity\n1,5\n2,7\n"
_LAYOUT = 'record_size = 2\n[[field]]\nname = "n"\ntype = "u16"\n'


def _parquet(home: Home, name: str) -> Path:
    path = home.data / name
    pq.write_table(pa.table({"id": [1, 2], "quantity": [5, 7]}), path)
    return path


def test_every_format_can_be_asked_for() -> None:
    assert {str(one) for one in InputFormat} == {"auto", *(one.called for one in FORMATS)}
    assert all(format_named(one) for one in InputFormat if one is not InputFormat.AUTO)


def test_a_named_file_is_read_as_what_is_asked_for_whatever_its_name(home: Home) -> None:
    home.put("a.txt", _ROWS)
    home.put("b.dat", b"\x05\x00\x07\x00", _LAYOUT)
    _parquet(home, "c.csv")
    for name, asked, text in (
        ("a.txt", InputFormat.CSV, _ROWS),
        ("b.dat", InputFormat.BINARY, b"n\n5\n7\n"),
        ("c.csv", InputFormat.PARQUET, _ROWS),
    ):
        result = run(home.config(home.data / name, format=asked))
        assert (home.output / "out.csv").read_bytes() == text
        assert result.inputs[0].format == format_named(asked).name  # type: ignore[union-attr]
        told = json.loads((home.output / "out.csv.meta.json").read_text())
        assert told["config"]["format"] == asked


@pytest.mark.parametrize(
    ("name", "asked", "error"),
    [
        ("a.csv", "parquet", FormatMagic),
        ("a.csv", "binary", LayoutMissing),
        ("p.parquet", "csv", FormatMagic),
        ("n.txt", "auto", FormatExtension),
        ("a.txt", "parquet", FormatMagic),
    ],
)
def test_another_format_is_refused_as_its_reader_refuses(
    home: Home, name: str, asked: str, error: type[EtlError]
) -> None:
    home.put("a.csv", _ROWS)
    home.put("a.txt", _ROWS)
    home.put("n.txt", b"hello")
    _parquet(home, "p.parquet")
    with pytest.raises(error):
        run(home.config(home.data / name, format=InputFormat(asked)))
    assert home.leftovers() == []


def test_of_a_folder_the_files_with_its_ends_are_read(home: Home) -> None:
    home.put("a.csv", _ROWS)
    home.put("b.txt", _ROWS)
    _parquet(home, "c.parquet")
    found = find_inputs(home.config(home.data, home.data / "b.txt", format=InputFormat.CSV))
    assert [where.path.name for where in found] == ["a.csv", "b.txt"]
    assert [where.path.name for where in find_inputs(home.config(home.data))] == ["a.csv", "c.parquet"]
    with pytest.raises(EmptyInput, match=r"holds no \.bin file"):
        find_inputs(home.config(home.data, format=InputFormat.BINARY))


def test_estimates_are_of_what_is_asked_for(home: Home) -> None:
    home.put("a.txt", _ROWS)
    assert set(columns_of(home.config(home.data / "a.txt", format=InputFormat.CSV))) == {"id", "quantity"}
    assert set(columns_of(home.config(home.data / "a.txt"))) == {"id", "quantity"}
    home.put("b.dat", b"\x05\x00\x07\x00")
    with pytest.raises(FormatExtension):
        columns_of(home.config(home.data / "b.dat"))


@pytest.mark.parametrize("name", ["NoExt", "txt.out", "right.csv"])
def test_an_answer_by_the_sample_of_a_run_names_the_format_that_was_read(home: Home, name: str) -> None:
    home.put("a.csv", b"product,quantity\na,5\nb,7\n")
    run(home.config(home.data / "a.csv", output_csv=str(home.output / name), measures=("quantity",)))
    answer = estimate_file(home.config(home.output / name, format=InputFormat.CSV), Question(measures=("quantity",)))
    assert answer.source == f"its run's sample, {name}.sample.parquet"
    assert answer.as_json()["format"] == "csv"


def test_the_form_has_it_there_and_back(home: Home) -> None:
    (option,) = (one for one in job_options() if one.name == "format")
    assert (option.kind, option.group, option.default) == (Kind.CHOICE, "Inputs", "auto")
    assert option.choices == ("auto", "binary", "csv", "parquet", "arrow")
    values = {"input": [f"{home.data}/a.txt"], "format": "csv"}
    config = config_of(values, home.path, ACTOR)
    assert config.format is InputFormat.CSV
    assert "--format=csv" in arguments(values_of({"format": "csv"}, home.path), home.path)
    assert values_of({}, home.path)["format"] == "", "a job of before is read by what tells"


def test_on_the_command_line_checked_estimated_and_again(home: Home, command: Command) -> None:
    home.put("a.txt", _ROWS)
    named = ("--home", home.path, "-i", home.data / "a.txt", "-o", home.output / "a.csv", "-w", "1")
    etl = ("-m", "etl_batch")
    home.put("n.txt", b"hello")
    refused = command(*etl, "run", "--home", home.path, "-i", home.data / "n.txt", "-o", home.output / "a.csv")
    assert refused.code == 2
    assert "E_FORMAT_EXTENSION" in refused.err
    assert "say with --format what it holds" in refused.err
    no_parquet = command(*etl, "run", *named, "--format", "parquet")
    assert no_parquet.code == 2
    assert "and name it accordingly, or give its --format" in no_parquet.err
    wrong = command(*etl, "run", *named, "--format", "text")
    assert wrong.code == 2
    assert "argument --format: invalid choice: 'text'" in wrong.err
    checked = command(*etl, "run", *named, "--format", "csv", "--check", "--json")
    assert (checked.code, checked.json()["rows"]) == (0, 2), checked.err
    asked = command(*etl, "estimate", home.data / "a.txt", "--format", "csv", "--exact", "--json", "--home", home.path)
    assert asked.json()["estimates"][0]["exact_total"] == 12, asked.err
    started = command(*etl, "jobs", "start", *named, "--format", "csv", "--json")
    first = started.json()["job_id"]
    assert command(*etl, "jobs", "watch", first, "--home", home.path).code == 0
    again = command(*etl, "jobs", "again", first, "--home", home.path, "--json").json()["job_id"]
    assert command(*etl, "jobs", "watch", again, "--home", home.path).code == 0
    assert (home.output / "a.csv").read_bytes() == _ROWS
