"""Folders of parts in an object store: the parts of a local folder, all of them or no mark, and nobody else's."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, NameClaimed, StoreClosed, StoreFailed, StoreUnsupported
from etl_batch.etl_core import run
from etl_batch.storage.object_store import ObjectStore
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.helpers.inline_runner import Crash, InlineRunner
from tests.helpers.object_stores import SECRET, ServedStore, served_store

pytestmark = pytest.mark.io
ROWS = 2000
LAYOUT = """record_size = 16
[[field]]
name = "product"
type = "str"
length = 8
[[field]]
name = "quantity"
type = "i64"
"""


@pytest.fixture(scope="module")
def store() -> Iterator[ServedStore]:
    with served_store() as served:
        yield served


@pytest.fixture
def records(home: Home) -> Path:
    rows = (struct.pack("<8sq", (b"apple   ", b"pear    ")[number % 2], number) for number in range(ROWS))
    return home.put("a.bin", b"".join(rows), LAYOUT)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    return f"out/{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}/"


def to_store(config: JobConfig, store: ServedStore, **outputs: str) -> JobConfig:
    given: dict[str, Any] = {name: f"s3://bkt/{prefix}" for name, prefix in outputs.items()}
    none = {"output_csv": None, "output_parquet": None}
    return replace(config, **(none | given), store_roots=("s3://bkt/out/",), store_options=store.options)


def done(config: JobConfig) -> JobResult:
    return run(config, runner=InlineRunner(2))


def parts_of(keys: list[str]) -> dict[str, str]:
    """Of the keys of parts, as the same part is called in a folder."""
    return {f"{key[:12]}{Path(key).suffix}": key for key in keys if not key.startswith("_")}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_parts_are_those_of_a_folder(form: str, home: Home, records: Path, store: ServedStore, prefix: str) -> None:
    output = f"output_{form}"
    local = home.config(records, chunk_bytes=8000, **{output: str(home.output / "local") + "/"})
    done(local)
    result = done(to_store(local, store, **{output: prefix}))
    keys = store.keys(prefix)
    names = sorted(path.name for path in (home.output / "local").iterdir() if not path.name.startswith("_"))
    assert sorted(parts_of(keys)) == names
    assert len(names) == 4
    for name, key in parts_of(keys).items():
        assert store.get(prefix + key) == (home.output / "local" / name).read_bytes()
    manifest = json.loads(store.get(f"{prefix}_manifest.json"))
    assert [part["path"] for part in manifest["parts"]] == sorted(parts_of(keys).values())
    for part in manifest["parts"]:
        content = store.get(prefix + part["path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (part["bytes"], part["sha256"])
    assert manifest["rows"] == ROWS
    assert store.get(f"{prefix}_SUCCESS") == b""
    metadata = json.loads(store.get(f"{prefix}_metadata.json"))
    assert [one["path"] for one in metadata["outputs"]] == [
        f"s3://bkt/{prefix}{part['path']}" for part in manifest["parts"]
    ]
    assert store.get(f"{prefix}_sample.parquet") == (home.output / "local.sample.parquet").read_bytes()
    assert [str(one.path) for one in result.outputs] == [one["path"] for one in metadata["outputs"]]
    assert not list((home.output / "stores").rglob("part-*")), "what was put is kept on the disk, too"


def test_parquet_parts_are_read_by_others(home: Home, records: Path, store: ServedStore, prefix: str) -> None:
    done(to_store(home.config(records, chunk_bytes=8000), store, output_parquet=prefix))
    keys = sorted(parts_of(store.keys(prefix)).values())
    tables = [pq.read_table(f"bkt/{prefix}{key}", filesystem=store.files) for key in keys]
    assert pa.concat_tables(tables)["quantity"].to_pylist() == list(range(ROWS))


def test_the_same_plan_may_run_again_and_another_is_refused(
    home: Home, records: Path, store: ServedStore, prefix: str
) -> None:
    config = to_store(home.config(records, chunk_bytes=8000), store, output_csv=prefix)
    done(config)
    before = store.keys(prefix)
    done(config)
    assert store.keys(prefix) == before
    other = replace(config, bom=True)
    with pytest.raises(NameClaimed, match="parts of another plan") as caught:
        done(other)
    assert "--overwrite" in caught.value.what_to_do
    assert store.keys(prefix) == before
    done(replace(other, overwrite=True))
    now = store.keys(prefix)
    assert parts_of(now).keys() == parts_of(before).keys()
    assert not {*parts_of(now).values()} & {*parts_of(before).values()}
    assert store.get(prefix + min(parts_of(now).values())).startswith(b"\xef\xbb\xbf")


def test_another_object_of_the_same_size_makes_another_plan(
    home: Home, records: Path, store: ServedStore, prefix: str
) -> None:
    content, layout = records.read_bytes(), str(records.with_suffix(".layout.toml"))
    given = store.put("out/in.bin", content)
    config = replace(to_store(home.config(records, layout=layout), store, output_csv=prefix), inputs=(given,))
    done(config)
    store.put("out/in.bin", content.replace(b"pear ", b"plum "))  # perhaps within the same second
    with pytest.raises(NameClaimed, match="parts of another plan"):
        done(config)


def test_what_is_nobodys_part_is_never_replaced(home: Home, records: Path, store: ServedStore, prefix: str) -> None:
    store.put(f"{prefix}notes.txt", b"mine")
    config = to_store(home.config(records), store, output_csv=prefix)
    for one in (config, replace(config, overwrite=True)):
        with pytest.raises(NameClaimed, match=r"holds other objects than the parts of an output: notes.txt"):
            done(one)
    assert store.keys(prefix) == ["notes.txt"]


def test_a_store_that_fails_in_the_middle_leaves_no_mark(
    home: Home, records: Path, store: ServedStore, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = to_store(home.config(records, chunk_bytes=8000), store, output_csv=prefix)
    done(config)
    put = ObjectStore.put

    def failing(self: ObjectStore, name: str, content: bytes | memoryview) -> None:
        if "part-0000002" in name:
            raise StoreFailed("the store is gone")
        put(self, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", failing)
        with pytest.raises(StoreFailed, match="the store is gone") as caught:
            done(config)
    assert "--resume goes on" in caught.value.what_to_do
    assert home.leftovers(), "nothing is left to go on with"
    kept = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert "_SUCCESS" not in store.keys(prefix)
    result = done(replace(config, resume=True))
    assert "_SUCCESS" in store.keys(prefix)
    assert result.rows_out == ROWS


def test_a_job_killed_after_its_publication_puts_the_mark_when_it_goes_on(
    home: Home, records: Path, store: ServedStore, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = to_store(home.config(records, chunk_bytes=8000), store, output_csv=prefix)

    def killed(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr("etl_batch.pipeline.outputs.job_outputs.publish_all", killed)
        with pytest.raises(Crash):
            done(config)
    assert "_SUCCESS" not in store.keys(prefix)
    result = done(replace(config, resume=True))
    assert {"_SUCCESS", "_manifest.json", "_metadata.json"} <= {*store.keys(prefix)}
    assert len(json.loads(store.get(f"{prefix}_manifest.json"))["parts"]) == len(result.outputs) == 4


def test_what_an_output_in_a_store_may_be(home: Home, records: Path, store: ServedStore) -> None:
    config = to_store(home.config(records), store, output_csv="out/x/")
    for wrong in ("s3://bkt/out/x.csv", "s3://bkt/"):
        with pytest.raises(StoreUnsupported, match="an output in a store is a folder of parts"):
            replace(config, output_csv=wrong)
    with pytest.raises(ConfigError, match="lies in an object store"):
        replace(config, shard="0/2")
    with pytest.raises(ConfigError, match="--overwrite is for outputs in object stores"):
        home.config(records, overwrite=True)
    with pytest.raises(StoreClosed, match=r"s3://bkt/elsewhere/ lies beneath none"):
        done(replace(config, output_csv="s3://bkt/elsewhere/"))
    assert store.keys("elsewhere/") == []
