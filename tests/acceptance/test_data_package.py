"""Beside its outputs a job describes them as a Data Package: true of every byte, and valid by the published profile."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled, ConfigError, NameClaimed
from etl_batch.etl_core import run
from etl_batch.options.output_dialect import LineEnd
from etl_batch.options.shape import ColumnsKept, SourceColumn
from tests.conftest import Home
from tests.data_makers.record_types import LAYOUT as SEVERAL
from tests.data_makers.record_types import some_orders
from tests.data_makers.records import LAYOUT, records
from tests.helpers.data_packages import package_beside, valid
from tests.helpers.inline_runner import CrashAfter, InlineRunner

_CSV = b"product,quantity,day,value\n" + b"".join(b"M%d,%d,2024-01-02,%d.5\n" % (i % 3, i, i) for i in range(900))


def _fields(resource: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["type"] for field in resource["schema"]["fields"]}


def _is_true(resource: dict[str, Any], folder: Path) -> None:
    """The sizes and hashes are those of the files."""
    whole = resource["path"] if isinstance(resource["path"], str) else None
    parts = [resource] if whole else resource["etl:parts"]
    assert whole or resource["path"] == [part["path"] for part in parts]
    contents = [(folder / part["path"]).read_bytes() for part in parts]
    assert [part["bytes"] for part in parts] == [len(content) for content in contents]
    assert [part["hash"] for part in parts] == [f"sha256:{hashlib.sha256(content).hexdigest()}" for content in contents]
    assert (resource["bytes"], resource["etl:rows"]) == (
        sum(len(content) for content in contents), sum(part["etl:rows"] for part in parts)
    )  # fmt: skip


def test_a_file_and_a_folder_of_one_job_are_described_together(home: Home) -> None:
    where = home.put("a.bin", records(2000), LAYOUT)
    out = home.output / "out.csv"
    run(home.config(where, output_csv=str(out), output_parquet=f"{home.output}/parts/", chunk_bytes=32_000,
                    licence="CC-BY-4.0"))  # fmt: skip
    package = package_beside(out)
    assert package["$schema"].endswith("/2.0/datapackage.json")
    assert (package["sources"], package["licenses"]) == ([{"title": "a.bin"}], [{"name": "CC-BY-4.0"}])
    csv, parquet = package["resources"]
    for resource in (csv, parquet):
        _is_true(resource, home.output)
        assert resource["etl:rows"] == 2000
        assert _fields(resource) == {
            "id": "integer", "product": "string", "sold_at": "datetime", "quantity": "integer", "price": "number",
            "paid": "boolean",
        }  # fmt: skip
        assert "fieldsMatch" not in resource["schema"]
    assert len(parquet["path"]) == 3
    assert (csv["dialect"]["lineTerminator"], csv["schema"]["missingValues"]) == ("\n", [""])
    assert not {"dialect", "encoding"} & parquet.keys()
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    (side,) = [one for one in metadata["side_files"] if one["path"].endswith(".datapackage.json")]
    assert side["sha256"] == hashlib.sha256(Path(side["path"]).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("more", "types"),
    [
        ({}, {"product": "any", "quantity": "integer", "day": "any", "value": "number"}),
        ({"measures": ()}, dict.fromkeys(("product", "quantity", "day", "value"), "any")),
        ({"types": "day=date,quantity=decimal(5,0)"},
         {"product": "any", "quantity": "integer", "day": "date", "value": "number"}),
        ({"types": "*=str"}, {"product": "string", "quantity": "string", "day": "string", "value": "string"}),
        ({"output_parquet": "p.parquet"},
         {"product": "string", "quantity": "integer", "day": "string", "value": "number"}),
        ({"select": ("value", "day"), "rename": (("day", "on"),), "add_source": (SourceColumn.FILE, SourceColumn.ROW)},
         {"value": "number", "on": "any", "source_file": "string", "source_row": "integer"}),
    ],
)  # fmt: skip
def test_a_column_of_a_csv_has_a_type_where_all_its_cells_have(
    home: Home, more: dict[str, Any], types: dict[str, str]
) -> None:
    out = home.output / "o.csv"
    if "output_parquet" in more:
        more = more | {"output_parquet": str(home.output / more["output_parquet"])}
    run(home.config(home.put("in.csv", _CSV), output_csv=str(out), **more))
    assert all(_fields(resource) == types for resource in package_beside(out)["resources"])


def test_columns_of_some_inputs_have_the_types_of_the_job(home: Home) -> None:
    tables = {"a.parquet": pa.table({"x": [1], "y": [1.5]}), "b.parquet": pa.table({"y": [2.5], "z": ["t"]})}
    paths = [home.data / name for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        pq.write_table(table, path)
    run(home.config(*paths, output_csv=str(home.output / "o.csv"), columns=ColumnsKept.UNION))
    (resource,) = package_beside(home.output / "o.csv")["resources"]
    assert _fields(resource) == {"x": "integer", "y": "number", "z": "string"}


def test_nested_columns_are_arrays_and_objects(home: Home) -> None:
    table = pa.table({"l": [[1]], "o": [{"a": 1}], "b": [b"x"], "t": pa.array([1], pa.time64("us")),
                      "d": pa.array([1], pa.duration("us"))})  # fmt: skip
    pq.write_table(table, home.data / "n.parquet")
    run(home.config(home.data / "n.parquet", output_csv=str(home.output / "o.csv")))
    (resource,) = package_beside(home.output / "o.csv")["resources"]
    assert _fields(resource) == {"l": "array", "o": "object", "b": "string", "t": "time", "d": "any"}


def test_the_dialect_is_said(home: Home) -> None:
    out = home.output / "o.csv.gz"
    run(home.config(home.put("in.csv", _CSV), output_csv=str(out), out_delimiter=";", out_decimal=",",
                    out_line_end=LineEnd.CRLF, out_encoding="cp1252"))  # fmt: skip
    (resource,) = package_beside(out)["resources"]
    _is_true(resource, home.output)
    assert (resource["encoding"], resource["compression"]) == ("windows-1252", "gz")
    assert (resource["dialect"]["delimiter"], resource["dialect"]["lineTerminator"]) == (";", "\r\n")
    marks = {field["name"]: field.get("decimalChar") for field in resource["schema"]["fields"]}
    assert marks == {"product": None, "quantity": None, "day": None, "value": ","}


def test_a_job_of_several_tables_has_one(home: Home) -> None:
    home.put("x.bin", some_orders(40)[0], SEVERAL)
    out = home.output / "out"
    run(home.config(home.data / "x.bin", output_csv=f"{out}/"))
    package = package_beside(out)
    assert [one["name"] for one in package["resources"]] == ["out-order", "out-line", "out-note"]
    for resource in package["resources"]:
        _is_true(resource, home.output)


def _resuming(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    return home.config(home.data / "a.bin", output_csv=str(home.output / "o.csv"), chunk_bytes=4096, **more)


def test_a_job_that_was_killed_makes_the_same(home: Home) -> None:
    home.put("a.bin", records(600), LAYOUT)
    with pytest.raises(Cancelled):
        run(_resuming(home), runner=CrashAfter(3, InlineRunner(), Cancelled("told to stop")))
    result = run(_resuming(home, resume=True))
    package = package_beside(home.output / "o.csv")
    assert (package["etl:job_id"], package["created"]) == (result.job_id, result.started_at)
    _is_true(package["resources"][0], home.output)


def test_the_old_one_is_kept_with_the_old_output_and_goes_where_none_can_be(home: Home) -> None:
    where = home.put("a.bin", records(50), LAYOUT)
    out = home.output / "o.csv"
    for _ in range(2):
        run(home.config(where, output_csv=str(out)))
    assert (
        len(list(home.output.glob("o.csv.datapackage.json.bak.*"))) == len(list(home.output.glob("o.csv.bak.*"))) == 1
    )
    odd = home.output / "~o.csv"
    odd.with_name("~o.csv.datapackage.json").write_text("{}")
    run(home.config(where, output_csv=str(odd)))
    assert not odd.with_name("~o.csv.datapackage.json").exists(), "its path may not begin so"
    assert odd.exists()


def test_an_output_elsewhere_is_left_out(home: Home) -> None:
    where = home.put("a.bin", records(50), LAYOUT)
    (home.output / "deep").mkdir()
    run(home.config(where, output_csv=f"{home.output}/deep/o.csv", output_parquet=f"{home.output}/o.parquet"))
    (resource,) = package_beside(home.output / "deep" / "o.csv")["resources"]
    assert resource["path"] == "o.csv"


def test_its_name_is_nobodys_to_give(home: Home) -> None:
    where = home.put("a.bin", records(5), LAYOUT)
    with pytest.raises(NameClaimed, match="the data package of an output"):
        run(home.config(where, output_csv=str(home.output / "x.datapackage.json")))


@pytest.mark.parametrize("given", ["", "two words", "ftp://x.org/", "https://"])
def test_a_licence_is_a_name_or_an_address(home: Home, given: str) -> None:
    with pytest.raises(ConfigError, match="--licence is "):
        home.config(home.data / "a.bin", output_csv=str(home.output / "o.csv"), licence=given)


def test_the_profile_finds_faults() -> None:
    with pytest.raises(AssertionError):
        valid({"resources": [{"name": "x", "path": "../x.csv"}]})
