"""The metadata: a result comes back from them, every number is one, and no name breaks the document."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.pipeline.outputs.metadata import SCHEMA_VERSION, files_of, metadata_of, result_of_json, to_json
from etl_batch.values import JobResult, PublishedFile, Replaced, Sandbox, SideFile
from tests.data_makers.golden import results

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def whole() -> JobResult:
    """A result with something in every field that the metadata have."""
    return results.result(
        side_files=(SideFile(Path("/srv/etl/output/data.csv.sample.parquet"), 12, "0123456789abcdef" * 4),),
        replaced=(Replaced(path=Path("/o/a.csv"), kept=Path("/o/a.csv.bak"), bytes=3, job_id=None, rows=None),),
        sandbox=Sandbox(landlock_abi=4, filesystem=True, network=True, seccomp=False, no_new_privs=True),
        profile=results.profile(5, gpu=True),
        warnings=("few rows",),
        notes=("it begins with 2 byte order marks",),
    )


def test_a_result_comes_back() -> None:
    result = whole()
    assert result.metadata_path is not None
    text = to_json(metadata_of(result, results.config()))
    assert result_of_json(text, result.metadata_path) == result


def test_what_is_not_of_the_job_stays_out() -> None:
    found = metadata_of(replace(whole(), report_problem="x", report_paths=(Path("/r"),)), results.config(resume=True))
    assert found["schema_version"] == SCHEMA_VERSION
    assert not {"rejects_path", "metadata_path", "report_paths", "report_problem", "published"} & found.keys()
    assert not {"actor", "resume"} & found["config"].keys()
    assert (found["escaping"], found["verdict"], found["actor"]["name"]) == ("on", "good", "ana")


def test_numbers_are_numbers_or_null() -> None:
    (first, *others) = whole().estimates
    odd = replace(whole(), estimates=(replace(first, std_error=math.nan, ci_low=-math.inf), *others))
    found = metadata_of(odd, results.config())["estimates"][0]
    assert (found["std_error"], found["ci_low"]) == (None, None)
    json.dumps(found, allow_nan=False)


def test_a_name_that_is_not_utf8_is_shown() -> None:
    found = metadata_of(whole(), results.config(home=Path("/srv/\udcff")))
    assert found["config"]["home"] == r"/srv/\udcff"
    to_json(found).encode()


def test_the_outputs_as_the_store_knows_them() -> None:
    published = (PublishedFile(path=Path("/srv/\udcff.csv"), inode=1, size=2, mtime_ns=3, ctime_ns=4),)
    assert files_of(whole()) == []
    assert files_of(replace(whole(), published=published)) == [
        {"path": "/srv/\\udcff.csv", "inode": 1, "size": 2, "mtime_ns": 3, "ctime_ns": 4}
    ]


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_any_document_is_read_back_as_it_was(value: dict[str, object]) -> None:
    text = to_json(value)
    assert text.endswith("\n")
    assert json.loads(text) == value


def slowly(value: object, line: str = "\n") -> str:
    """What `to_json` writes, with nothing but `json.dumps`."""
    inner = list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    if not any(isinstance(item, dict | list) for item in inner):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    deeper = line + "  "
    names = (
        [json.dumps(key, ensure_ascii=False) + ": " for key in value] if isinstance(value, dict) else [""] * len(inner)
    )
    items = [name + slowly(item, deeper) for name, item in zip(names, inner, strict=True)]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return first + deeper + f",{deeper}".join(items) + line + last


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_values_are_written_as_json_dumps_writes_them(value: dict[str, object]) -> None:
    assert to_json(value) == slowly(value) + "\n"


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_what_is_no_number_is_never_written(odd: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"a": [odd, []]})


def test_how_it_is_laid_out() -> None:
    assert to_json({"a": [1, {"b": []}], "ü": {"c": "d"}}).splitlines() == [
        "{", '  "a": [', "    1,", "    {", '      "b": []', "    }", "  ],", '  "ü": {"c": "d"}', "}",
    ]  # fmt: skip
