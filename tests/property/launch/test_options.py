"""The form and the command line: the same choices are the same job, there and back."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl_batch.commands.run_flags import parse_run, run_parser
from etl_batch.config import JobConfig
from etl_batch.jobs.config_json import as_json
from etl_batch.launch.options import (
    config_of,
    default_output,
    job_options,
    values_of,
    with_default_output,
)
from etl_batch.options.output_dialect import LineEnd
from etl_batch.options.record_framing import DependingOn, RecordFormat, ShortRecords
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.text.column_lists import typed_columns, typed_pairs
from etl_batch.text.flag import Kind
from etl_batch.values import Actor

ACTOR = Actor(name="ada", os_user="test", role="super_admin")
HOME = Path("/tmp")  # noqa: S108 - any folder that is there
_WORDS = st.text("abcXYZ019-=_. é", min_size=1, max_size=12).map(str.strip).filter(bool)
_NAMES = st.text('abc ,="=Ü', min_size=1, max_size=6).filter(str.strip)
_LISTED = st.lists(_NAMES, min_size=1, max_size=3, unique=True).map(typed_columns)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "input": st.lists(_WORDS.map(lambda word: f"{HOME}/data/{word}"), min_size=1, max_size=3).map(tuple),
    "workers": st.integers(1, 64).map(str),
    "chunk_bytes": st.integers(1, 2**40).map(str),
    "delimiter": st.sampled_from([",", ";", "|", "\\t", " ", "none", "||", "~|~"]),
    "quote": st.sampled_from(['"', "'", "none"]),
    "escape": st.sampled_from(["\\", "^", "none"]),
    "comment": st.sampled_from(["#", "%", "none"]),
    "skip_footer": st.integers(0, 10_000).map(str),
    "format": st.sampled_from(["auto", "binary", "csv", "parquet"]),
    "record": st.sampled_from([("CUSTOMER-RECORD",), (":TAG:-R",)]),
    "variant": st.lists(st.sampled_from(["A: B", "body:parts", ":TAG:-A: B"]), min_size=1, max_size=2).map(tuple),
    "floats": st.sampled_from(["auto", "ibm", "ieee-big", "ieee-little"]),
    "comp_digits": st.sampled_from(["keep", "strict"]),
    "blank": st.sampled_from(["bad", "null"]),
    "century": st.integers(1, 9900).map(str),
    "profile": st.sampled_from(["auto", "light", "full", "off"]),
    "contract": _WORDS.map(lambda word: f"{HOME}/data/{word}"),
    "licence": st.sampled_from(["CC-BY-4.0", "https://example.org/licence"]),
    "record_format": st.sampled_from(RecordFormat).map(str),
    "rdw": st.sampled_from(["big,self", "little", "data,at=2", "bytes=4,adjust=-4", "head=0"]),
    "short_records": st.sampled_from(ShortRecords).map(str),
    "depending_on": st.sampled_from(DependingOn).map(str),
    "occurs": st.sampled_from([("rows",), ("columns", "ITEM=rows"), ("A=list", "B=columns")]),
    "encoding": st.sampled_from(["utf-8", "latin-1", "cp1252"]),
    "header": st.sampled_from(["auto", "yes", "no"]),
    "names": st.lists(st.sampled_from("abcd"), min_size=1, unique=True).map(",".join),
    "skip_lines": st.integers(0, 10**6).map(str),
    "decimal": st.sampled_from([",", "."]),
    "thousands": st.sampled_from(["'", " ", "none"]),
    "date_format": st.lists(st.sampled_from(["%d.%m.%Y", "day=%m/%d/%y"]), min_size=1, max_size=2).map(tuple),
    "null": st.lists(_WORDS, min_size=1, max_size=2).map(tuple),
    "trim": st.booleans(),
    "on_bad_row": st.sampled_from(["strict", "quarantine"]),
    "max_bad_rows": st.integers(0, 99).map(str) | st.integers(0, 100).map("{}%".format),
    "sample_frac": st.floats(0.0001, 1).map(repr),
    "sample_max_rows": st.integers(1, 10**9).map(str),
    "seed": st.integers(-(2**63), 2**64 - 1).map(str),
    "confidence": st.floats(0.01, 0.99).map(repr),
    "bom": st.booleans(),
    "no_escape": st.booleans(),
    "max_size_gb": st.floats(0.001, 2**20).map(repr),
    "max_ratio": st.floats(1, 1e6).map(repr),
    "time_limit": st.floats(0.1, 1e6).map(repr),
    "memory_limit": st.integers(1, 2**20).map(str),
    "out_delimiter": st.sampled_from([";", "\\t", "TAB", "|", "~", " ", ","]),
    "out_decimal": st.sampled_from(".,"),
    "out_line_end": st.sampled_from(LineEnd).map(str),
    "out_encoding": st.sampled_from(["utf-8", "UTF8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]),
    "columns": st.sampled_from(["same", "union", "intersect"]),
    "select": _LISTED,
    "exclude": _LISTED,
    "rename": st.lists(st.tuples(_NAMES, _NAMES), min_size=1, max_size=3, unique_by=lambda pair: pair[0]).map(
        typed_pairs
    ),
    "add_source": st.sampled_from(["file", "row", "file,row", "row,file"]),
    "measures": st.just("-") | st.lists(st.sampled_from("abcd"), min_size=1, unique=True).map(",".join),
}
_CHOICES = st.fixed_dictionaries({}, optional={o.name: _VALUES.get(o.name, _WORDS) for o in job_options()}).filter(
    lambda values: (
        not any(
            [
                "max_bad_rows" in values and values.get("on_bad_row") == "strict",
                values.get("out_decimal") == "," == values.get("out_delimiter", ","),
                bool(values.get("bom")) and values.get("out_encoding") in {"cp1252", "latin-1"},
            ]
        )
    )  # no contradictions
)
#: where the form means a bare name to lie; on the command line one says it
_FOLDERS = {
    "output_csv": "output",
    "output_parquet": "output",
    "layout": "data",
    "metadata": "output",
    "report": "report",
}


def _typed(values: dict[str, Any]) -> list[str]:
    """What a user would type in a shell whose working directory is the home."""
    words = [f"--home={HOME}"]
    for option in job_options():
        value = values.get(option.name)
        if option.kind is Kind.SWITCH:
            words += [option.flag] if value else []
        elif isinstance(value, tuple):
            words += [f"{option.flag}={one}" for one in value]
        elif value:
            folder = _FOLDERS.get(option.name)
            words.append(f"{option.flag}={HOME}/{folder}/{value}" if folder else f"{option.flag}={value}")
    return words


@given(_CHOICES)
def test_the_form_makes_what_the_command_line_makes(values: dict[str, Any]) -> None:
    assert config_of(values, HOME, ACTOR) == replace(parse_run(_typed(values)).config, actor=ACTOR)


@given(_CHOICES)
@example({"strata": "--"})
@example({"null": ("0", "--")})
def test_a_job_run_again_has_the_same_options(values: dict[str, Any]) -> None:
    config = config_of(values, HOME, ACTOR)
    assert config_of(values_of(as_json(config), HOME), HOME, ACTOR) == config


@pytest.mark.parametrize(
    ("inputs", "output"),
    [
        ((), "data"), (("data/sales.csv",), "sales"), (("data/SALES.BIN",), "SALES"), (("data/2024",), "2024"),
        (("data/2024/",), "2024"), (("data/a.b.parquet",), "a.b"), (("data/a.csv", "data/b.csv"), "merged"),
        (("data/day.csv.gz",), "day"), (("data/day.BIN.zst",), "day"), (("data/month.zip",), "month"),
        (("output/sales.csv.gz",), "sales"), (("data/.csv",), "merged"),
        ((f"data/{'x' * 240}.csv",), "merged"), (("output/sales.csv",), "merged"),
    ],
)  # fmt: skip
def test_an_output_is_named_after_its_inputs(inputs: tuple[str, ...], output: str) -> None:
    named = [f"{HOME}/{one}" for one in inputs]
    assert default_output(named, HOME) == f"output/{output}.csv"
    has_a_csv_of_its_name = inputs == ("output/sales.csv",)
    in_tables = "sales" if has_a_csv_of_its_name else output
    assert default_output(named, HOME, in_tables=True) == f"output/{in_tables}/"


def test_a_folder_of_tables_is_no_input() -> None:
    assert default_output([f"{HOME}/output/2024/"], HOME, in_tables=True) == "output/merged/"
    assert with_default_output({"input": (f"{HOME}/data/x.bin",)}, HOME, in_tables=True)["output_csv"] == "output/x/"


@given(_CHOICES)
def test_a_form_without_an_output_names_one_that_can_be_written(values: dict[str, Any]) -> None:
    filled = with_default_output(values, HOME)
    is_named = bool(values.get("output_csv") or values.get("output_parquet"))
    assert (filled == values) == is_named
    config = config_of(filled, HOME, ACTOR)
    if not is_named:
        assert targets_of(replace(config, metadata=None)).first.path.parent == HOME / "output"
        assert config.output_csv not in config.inputs


def test_the_form_has_every_flag_that_describes_a_job() -> None:
    of_the_caller = {
        "help",
        "home",
        "actor",
        "check",
        "json",
        "quiet",
        "resume",
        "preset",
        "shard",
        "store_option",
        "overwrite",
    }
    flags = {action.dest for action in run_parser("x")._actions}
    assert {option.name for option in job_options()} == flags - of_the_caller


def test_every_field_of_a_job_is_set_by_an_option_or_by_the_caller() -> None:
    named = {"input": "inputs", "max_size_gb": "max_size_bytes", "time_limit": "time_limit_s"}
    named |= {"memory_limit": "memory_limit_bytes", "no_escape": "escaping"}
    by_option = {named.get(option.name, option.name) for option in job_options()}
    assert by_option | {
        "home",
        "actor",
        "preset",
        "resume",
        "shard",
        "extra_input_roots",
        "overwrite",
        "store_options",
        "store_roots",
    } >= {field.name for field in fields(JobConfig)}


def test_only_what_is_chosen_has_choices() -> None:
    assert all(bool(option.choices) == (option.kind is Kind.CHOICE) for option in job_options())


def test_every_option_has_help_in_the_words_of_the_command_line() -> None:
    text = " ".join(run_parser("x").format_help().split())
    for option in job_options():
        assert option.help in text
