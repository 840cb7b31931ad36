"""A job that names a saved reading: who wins, and what its configuration keeps."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from etl_batch.commands.estimate_flags import parse_estimate
from etl_batch.commands.preset.preset_files import delete_preset, save_preset
from etl_batch.commands.preset.preset_text import reading_flags
from etl_batch.commands.run_flags import parse_run
from etl_batch.config import Escaping, JobConfig, OnBadRow
from etl_batch.errors import ConfigError, NotRegular
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.options.input_reading import HeaderLine
from etl_batch.pipeline.outputs import header
from etl_batch.pipeline.outputs.metadata import metadata_of
from etl_batch.text.flag import FieldFlag, Kind, flags_of
from tests.conftest import ACTOR, Home
from tests.data_makers.golden import results

BANK = 'delimiter = ";"\nencoding = "cp1252"\nheader = "no"\nnames = ["day", "sum"]\nskip_lines = 3\n'


@pytest.fixture
def bank(home: Home) -> Home:
    """A home with a saved reading."""
    save_preset(home.path, ACTOR, "bank", BANK)
    return home


def _config(home: Home, *words: str) -> JobConfig:
    return parse_run([f"--home={home.path}", f"-o={home.output}/a.csv", *words]).config


def test_what_no_flag_says_it_says(bank: Home) -> None:
    found = _config(bank, "--preset=bank")
    assert (found.delimiter, found.encoding, found.header) == (";", "cp1252", HeaderLine.NO)
    assert (found.names, found.skip_lines, found.preset) == (("day", "sum"), 3, "bank")


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["--delimiter=|"], "delimiter", "|"),
        (["--encoding=utf-8"], "encoding", "utf-8"),  # as it would be without it
        (["--header=auto"], "header", HeaderLine.AUTO),
        (["--names=a,b"], "names", ("a", "b")),
        (["--skip-lines=0"], "skip_lines", 0),
    ],
)
def test_a_flag_wins_also_where_it_says_the_default(bank: Home, words: list[str], field: str, value: object) -> None:
    for order in (["--preset=bank", *words], [*words, "--preset=bank"]):
        found = _config(bank, *order)
        assert getattr(found, field) == value
        others = {one.name for one in fields(JobConfig)} - {field}
        whole = _config(bank, "--preset=bank")
        assert {name: getattr(found, name) for name in others} == {name: getattr(whole, name) for name in others}


_SWITCHES = [flag for flag in reading_flags() if flag.kind is Kind.SWITCH]


@pytest.mark.parametrize("flag", _SWITCHES, ids=lambda flag: flag.field)
def test_what_it_switches_on_a_flag_switches_off(home: Home, flag: FieldFlag) -> None:
    save_preset(home.path, ACTOR, "on", f"{flag.dest} = true\n")
    assert getattr(_config(home, "--preset=on"), flag.field) == flag.value(True)
    for words in (["--preset=on", flag.opposite], [flag.opposite, "--preset=on"], [flag.opposite]):
        assert getattr(_config(home, *words), flag.field) == flag.default
    assert getattr(_config(home, flag.opposite, flag.option), flag.field) == flag.value(True)


def test_there_is_a_switch_to_be_switched_off_and_only_of_readings(home: Home) -> None:
    assert "trim" in {flag.field for flag in _SWITCHES}
    with pytest.raises(ConfigError):
        _config(home, "--no-bom")


def test_without_one_nothing_is_said_and_nothing_is_read(home: Home) -> None:
    (home.path / "presets").write_text("in the way")
    assert _config(home).preset is None
    with pytest.raises(NotRegular):
        parse_run([f"--home={home.path}", "--preset=bank"])


def test_an_estimate_reads_by_it(bank: Home) -> None:
    found = parse_estimate(["x.csv", f"--home={bank.path}", "--preset=bank", "--encoding=latin-1"]).config
    assert (found.delimiter, found.encoding, found.skip_lines, found.preset) == (";", "latin-1", 3, "bank")


def test_what_is_kept_is_what_it_said_then(bank: Home) -> None:
    config = _config(bank, "--preset=bank", "--skip-lines=1")
    kept = json.loads(json.dumps(as_json(config)))
    in_metadata = metadata_of(results.result(), config)["config"]
    assert {name: in_metadata[name] for name in ("preset", "delimiter", "skip_lines")} == {
        "preset": "bank",
        "delimiter": ";",
        "skip_lines": 1,
    }
    delete_preset(bank.path, ACTOR, "bank")
    assert from_json(kept) == config


def test_jobs_of_before_had_none(home: Home) -> None:
    config = _config(home)
    kept = as_json(config)
    del kept["preset"]
    assert from_json(kept).preset is None


def test_an_interrupted_job_goes_on_under_another_name_of_the_same_reading(bank: Home) -> None:
    before = {"job_id": "j", "options": header.options_of(_config(bank, "--preset=bank"))}
    save_preset(bank.path, ACTOR, "bank2", BANK)
    header.refuse_other_options(before, _config(bank, "--preset=bank2"))
    spelt = ["--delimiter=;", "--encoding=cp1252", "--header=no", "--names=day,sum", "--skip-lines=3"]
    header.refuse_other_options(before, _config(bank, *spelt))


def test_what_nobody_gives_has_the_default_of_its_field(home: Home) -> None:
    found = _config(home)
    caller = {"home", "inputs", "actor", "output_csv", "workers", "extra_input_roots", "store_roots"}
    for one in flags_of(JobConfig):
        assert one.field in caller or getattr(found, one.field) == one.default
    assert _config(home, "--max-bad-rows=3").on_bad_row is OnBadRow.QUARANTINE
    assert _config(home, "--no-escape").escaping is Escaping.OFF
