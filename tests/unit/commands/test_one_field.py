"""A field is all that an option takes: flag, form, manual, store, metadata, report and journal follow it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from etl_batch.commands import run_flags
from etl_batch.commands.run_flags import parse_run, run_parser
from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError
from etl_batch.file_estimate.question import Question
from etl_batch.jobs import config_json
from etl_batch.launch import options
from etl_batch.pipeline.outputs import header
from etl_batch.pipeline.outputs.metadata import metadata_of
from etl_batch.report import run_facts
from etl_batch.text.flag import INPUTS, Kind, flags_of, option
from etl_batch.ui.page_words import _labels
from tests.conftest import ACTOR, Home
from tests.data_makers.golden import results
from tests.helpers import manual_flags


class Ink(StrEnum):
    """What it is written in."""

    BLACK = "black"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider(JobConfig):
    """A job with one option more of each kind."""

    ink: Ink = option(Ink.BLACK, "what it is written in (%(default)s)", place=2, group=INPUTS)
    margin_bytes: int = option(3 * 1024, "beside it (%(default)s)", name="--margin-kb", metavar="KB", unit=1024)
    folded: bool = option(False, "fold it")
    stamp: str | None = option(None, "what lies on it (nothing)", metavar="FILE", lies_in="data")


@pytest.fixture
def wider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Home:
    """A home in which jobs have these options."""
    for module in (run_flags, options, config_json):
        monkeypatch.setattr(module, "JobConfig", Wider)
    _labels.cache_clear()
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    return Home(tmp_path)


_GIVEN = ["--ink", "red", "--margin-kb", "5", "--folded", "--stamp", "data/seal.png"]


def _parsed(home: Home, *words: str) -> Wider:
    config = parse_run([f"--home={home.path}", f"-o={home.output}/a.csv", *words]).config
    assert isinstance(config, Wider)
    return config


def test_it_is_a_flag_with_help_default_choices_and_unit(wider: Home) -> None:
    text = " ".join(run_parser("run").format_help().split())
    assert "--ink {black,red} what it is written in (black)" in text
    assert "--margin-kb KB beside it (3)" in text
    found = _parsed(wider, *_GIVEN)
    assert (found.ink, found.margin_bytes, found.folded, found.stamp) == (Ink.RED, 5 * 1024, True, "data/seal.png")
    unsaid = _parsed(wider)
    assert (unsaid.ink, unsaid.margin_bytes, unsaid.folded, unsaid.stamp) == (Ink.BLACK, 3 * 1024, False, None)
    with pytest.raises(ConfigError, match=r"argument --ink: invalid choice: 'blue'"):
        _parsed(wider, "--ink=blue")
    with pytest.raises(ConfigError, match=r"argument --margin-kb: invalid int value: 'x'"):
        _parsed(wider, "--margin-kb=x")


def test_it_is_in_the_form_there_and_back(wider: Home) -> None:
    by_name = {one.name: one for one in options.job_options()}
    ink, margin, folded, stamp = (by_name[name] for name in ("ink", "margin_kb", "folded", "stamp"))
    assert (ink.kind, ink.choices, ink.default, ink.group) == (Kind.CHOICE, ("black", "red"), "black", "Inputs")
    assert (margin.label, margin.default, margin.group) == ("Margin kb", "3", "Speed and limits")
    assert (folded.kind, stamp.kind, stamp.help) == (Kind.SWITCH, Kind.TEXT, "what lies on it (nothing)")
    entered: options.Values = {
        "ink": "red",
        "margin_kb": "5",
        "folded": True,
        "stamp": "seal.png",
        "output_csv": "a.csv",
    }
    config = options.config_of(entered, wider.path, ACTOR)
    assert config == options.config_of(
        options.values_of(config_json.as_json(config), wider.path), wider.path, ACTOR
    )  # fmt: skip
    assert getattr(config, "stamp") == f"{wider.data}/seal.png"  # noqa: B009 - of the wider class
    assert _labels()[0]["--margin-kb"] == "Margin kb", "as hints on pages call it"


def test_it_is_in_the_manual() -> None:
    rows = list(manual_flags._rows([], list(flags_of(Wider))))
    assert "| `--ink black` or `red` | what it is written in | `black` |" in rows
    assert "| `--margin-kb KB` | beside it | 3 |" in rows
    assert "| `--folded` | fold it | off |" in rows
    assert "| `--stamp FILE` | what lies on it | nothing |" in rows


def test_it_is_kept_and_shown_and_compared(wider: Home) -> None:
    config = _parsed(wider, *_GIVEN)
    kept = json.loads(json.dumps(config_json.as_json(config)))
    assert config_json.from_json(kept) == config
    assert config_json.from_anywhere(config, Path("/here")).stamp == "/here/data/seal.png"  # type: ignore[attr-defined]
    shown = metadata_of(results.result(), config)["config"]
    assert (shown["ink"], shown["margin_bytes"], shown["folded"]) == ("red", 5120, True)
    assert ("ink", "red") in run_facts.options_of(config)
    with pytest.raises(ConfigError, match="--ink was red and is black"):
        header.refuse_other_options({"job_id": "j", "options": header.options_of(config)}, _parsed(wider))


def test_an_interrupted_job_of_before_had_the_default(wider: Home) -> None:
    before = header.options_of(_parsed(wider))
    for name in ("ink", "margin_bytes", "folded", "stamp"):
        del before[name]
    header.refuse_other_options({"job_id": "j", "options": before}, _parsed(wider))
    with pytest.raises(ConfigError, match="--ink was black and is red"):
        header.refuse_other_options({"job_id": "j", "options": before}, _parsed(wider, "--ink=red"))


def test_a_job_that_was_stored_before_has_the_default(wider: Home) -> None:
    before = config_json.as_json(_parsed(wider))
    for name in ("ink", "margin_bytes", "folded", "stamp"):
        del before[name]
    assert config_json.from_json(before) == _parsed(wider)


def test_a_question_has_the_defaults_of_a_job() -> None:
    of_jobs = {one.option: one for one in flags_of(JobConfig)}
    shared = [one for one in flags_of(Question) if one.option in of_jobs and not one.flag.is_found]
    assert {one.option for one in shared} == {"--confidence", "--sample-frac", "--sample-max-rows", "--seed"}
    for one in shared:
        assert (one.default, one.flag.metavar) == (of_jobs[one.option].default, of_jobs[one.option].flag.metavar)
