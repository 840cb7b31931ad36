"""A configuration survives the store."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.config import Escaping, JobConfig, OnBadRow
from etl_batch.jobs.config_json import as_json, from_anywhere, from_json
from etl_batch.options.input_reading import BlankNumbers, CompDigits, FloatFormat
from etl_batch.options.output_dialect import LineEnd
from etl_batch.options.record_framing import DependingOn, RecordFormat, ShortRecords
from etl_batch.options.shape import ColumnsKept, SourceColumn
from etl_batch.values import Actor

_TEXT = st.text(st.characters(codec=None), min_size=1, max_size=20)
_MAYBE = st.none() | _TEXT
_CONFIGS = st.builds(
    JobConfig,
    home=st.just(Path("/home")),
    inputs=st.lists(_TEXT, min_size=1, max_size=3).map(tuple),
    actor=st.builds(Actor, name=_TEXT, os_user=_TEXT, role=_MAYBE, ip=_MAYBE),
    output_csv=_TEXT,
    output_parquet=_MAYBE,
    layout=_MAYBE,
    record=st.sampled_from([(), ("CUSTOMER-RECORD",)]),
    variant=st.lists(st.sampled_from(["A: B", "c:d"]), max_size=2).map(tuple),
    floats=st.sampled_from(FloatFormat),
    blank=st.sampled_from(BlankNumbers),
    record_format=st.sampled_from(RecordFormat),
    rdw=st.sampled_from([None, "big,self", "little,data,at=2"]),
    short_records=st.sampled_from(ShortRecords),
    depending_on=st.sampled_from(DependingOn),
    occurs=st.sampled_from([(), ("rows",), ("list", "ITEM=rows")]),
    comp_digits=st.sampled_from(CompDigits),
    century=st.none() | st.integers(1, 9900),
    types=_MAYBE,
    report=_MAYBE,
    workers=st.integers(1, 64),
    time_limit_s=st.floats(0.1, 1e6),
    on_bad_row=st.sampled_from(OnBadRow),
    escaping=st.sampled_from(Escaping),
    measures=st.none() | st.lists(_TEXT, min_size=1, max_size=3, unique=True).map(tuple),
    out_delimiter=st.sampled_from(";\t|"),
    out_decimal=st.sampled_from(".,"),
    out_line_end=st.sampled_from(LineEnd),
    out_encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    columns=st.sampled_from(ColumnsKept),
    select=st.none() | st.lists(_TEXT, min_size=1, max_size=3, unique=True).map(tuple),
    rename=st.none() | st.lists(st.tuples(_TEXT, st.just("b")), min_size=1, max_size=1).map(tuple),
    add_source=st.none() | st.permutations(list(SourceColumn)).map(tuple),
    seed=st.integers(-(2**63), 2**64 - 1),
    resume=st.booleans(),
    extra_input_roots=st.lists(st.just(Path("/more")), max_size=2).map(tuple),
)


@given(_CONFIGS)
def test_there_and_back(config: JobConfig) -> None:
    assert from_json(json.loads(json.dumps(as_json(config)))) == replace(config, extra_input_roots=())


def test_which_folders_may_be_read_is_never_kept() -> None:
    """Nor taken from what an older version kept."""
    actor = Actor(name="a", os_user="a")
    config = JobConfig(inputs=("a",), actor=actor, output_csv="o.csv", extra_input_roots=(Path("/withdrawn"),))
    kept = as_json(config)
    assert "withdrawn" not in json.dumps(kept)
    assert from_json({**kept, "extra_input_roots": ["/withdrawn"]}).extra_input_roots == ()
    kept = as_json(replace(config, store_roots=("s3://withdrawn/",)))
    assert "withdrawn" not in json.dumps(kept)
    assert from_json({**kept, "store_roots": ["s3://withdrawn/"]}).store_roots == ()


@given(_CONFIGS)
def test_what_a_later_version_no_longer_knows_is_left_out(config: JobConfig) -> None:
    assert from_json({**as_json(config), "flux_capacitor": 88}) == replace(config, extra_input_roots=())


def test_jobs_of_before_there_was_a_choice_were_escaped() -> None:
    config = JobConfig(inputs=("a",), actor=Actor(name="a", os_user="a"), output_csv="o.csv")
    stored = as_json(config)
    del stored["escaping"]
    assert from_json(stored) == config
    assert config.escapes


def test_paths_mean_the_same_from_another_folder() -> None:
    actor = Actor(name="a", os_user="a")
    config = JobConfig(inputs=("data/", "/abs/x.bin", "../x.csv"), actor=actor, output_csv="o.csv", output_parquet="p/")
    moved = from_anywhere(replace(config, layout=""), Path("/here"))
    assert moved.inputs == ("/here/data/", "/abs/x.bin", "/here/../x.csv"), "`..` is for others to refuse"
    assert (moved.output_csv, moved.output_parquet, moved.layout) == ("/here/o.csv", "/here/p/", "")
    assert from_anywhere(moved, Path("/elsewhere")) == moved
