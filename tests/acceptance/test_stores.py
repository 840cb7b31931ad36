"""Inputs in an object store: the bytes of local ones, from what is allowed alone, and no key is kept anywhere."""

from __future__ import annotations

import gzip
import io
import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from etl_batch.__main__ import main
from etl_batch.config import JobConfig
from etl_batch.errors import (
    EmptyInput,
    EtlError,
    InputChanged,
    LayoutMissing,
    NotFound,
    StoreClosed,
    StoreFailed,
    StoreUnsupported,
)
from etl_batch.etl_core import run
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.values import Span
from tests.conftest import Home
from tests.helpers.inline_runner import InlineRunner
from tests.helpers.object_stores import SECRET, ServedStore, served_store

pytestmark = pytest.mark.io
ROWS = 3000
LAYOUT = """record_size = 24
[[field]]
name = "product"
type = "str"
length = 8
[[field]]
name = "quantity"
type = "i64"
[[field]]
name = "value"
type = "f64"
"""
NAMES = ("apple", "pear", "=plum")


@pytest.fixture(scope="module")
def store() -> Iterator[ServedStore]:
    with served_store() as served:
        yield served


@pytest.fixture
def layout(home: Home) -> str:
    path = home.data / "records.toml"
    path.write_text(LAYOUT)
    return str(path)


def _table() -> pa.Table:
    numbers = range(ROWS)
    return pa.table(
        {
            "product": [NAMES[number % 3] for number in numbers],
            "quantity": list(numbers),
            "value": [number / 7 for number in numbers],
        }
    )


def content_of(ending: str) -> bytes:
    """The same rows in each format."""
    if ending == ".bin":
        rows = zip(*(column.to_pylist() for column in _table().columns), strict=True)
        return b"".join(struct.pack("<8sqd", f"{name:8}".encode(), quantity, value) for name, quantity, value in rows)
    sink = io.BytesIO()
    if ending == ".parquet":
        pq.write_table(_table(), sink, row_group_size=500)
    else:
        pc.write_csv(_table(), sink)
    return sink.getvalue()


def config_of(home: Home, store: ServedStore, given: str, **more: Any) -> JobConfig:  # noqa: ANN401 - any field
    config = home.config(store_roots=("s3://bkt/",), store_options=store.options, chunk_bytes=16_000, **more)
    return replace(config, inputs=(given,))


@pytest.mark.parametrize("ending", [".bin", ".csv", ".parquet"])
def test_an_object_gives_the_bytes_of_a_file(ending: str, home: Home, store: ServedStore, layout: str) -> None:
    content = content_of(ending)
    told: dict[str, Any] = {"layout": layout} if ending == ".bin" else {}
    local = run(home.config(home.put(f"a{ending}", content), chunk_bytes=16_000, **told), runner=InlineRunner(3))
    target = str(home.output / "stored.csv")
    given = store.put(f"in/a{ending}", content)
    stored = run(config_of(home, store, given, output_csv=target, **told), runner=InlineRunner(3))
    assert (home.output / "stored.csv").read_bytes() == (home.output / "out.csv").read_bytes()
    assert [estimate.total for estimate in stored.estimates] == [estimate.total for estimate in local.estimates]
    assert (stored.rows_in, str(stored.inputs[0].path)) == (ROWS, given)
    assert stored.outputs[0].sha256 == local.outputs[0].sha256
    assert home.leftovers() == []


def test_workers_reach_no_store_and_no_key_is_kept(
    home: Home, store: ServedStore, layout: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ETL_STORE_ROOTS", "s3://bkt/in/")
    given = store.put("in/whole.bin", content_of(".bin"))
    flags = [part for option in store.options for part in ("--store-option", option)]
    output = str(home.output / "parts") + "/"
    job = ["-i", given, "--layout", layout, "-o", output, "-w", "2", "--chunk-bytes", "16000", "--home", str(home.path)]
    assert main(["run", *job, *flags, "--json"]) == 0
    said = capsys.readouterr()
    metadata = json.loads(said.out)
    assert (metadata["rows_out"], metadata["inputs"][0]["path"]) == (ROWS, given)
    if metadata["sandbox"]["landlock_abi"]:
        assert metadata["sandbox"]["network"], "workers are to have no network"
    kept = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert SECRET not in said.out + said.err


@dataclass
class Overwriting(InlineRunner):
    """Somebody replaces the object, by one of the same size, once some spans are done."""

    store: ServedStore | None = None
    key: str = ""
    content: bytes = b""

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        super().run(job, spans[:2], outputs, limits)
        assert self.store is not None
        self.store.put(self.key, self.content)
        return super().run(job, spans[2:], outputs, limits)


def test_an_object_that_is_overwritten_in_mid_job(home: Home, store: ServedStore, layout: str) -> None:
    content = content_of(".bin")
    given = store.put("in/moving.bin", content)
    runner = Overwriting(1, store, "in/moving.bin", content[::-1])
    with pytest.raises(InputChanged, match=r"s3://bkt/in/moving.bin changed while the job was reading it"):
        run(config_of(home, store, given, layout=layout, output_csv=str(home.output / "p") + "/"), runner=runner)
    assert not (home.output / "p").exists()
    assert home.leftovers() == []


@pytest.fixture
def at(home: Home, store: ServedStore) -> tuple[Home, ServedStore]:
    return home, store


@pytest.mark.parametrize(
    ("key", "content", "error", "says"),
    [
        ("in/a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0), StoreUnsupported, "is compressed"),
        ("in/gone.bin", None, NotFound, "s3://bkt/in/gone.bin is not there"),
        ("in/", None, StoreUnsupported, "is a prefix"),
        ("in/empty.bin", b"", EmptyInput, "has 0 bytes"),
    ],
    ids=["compressed", "gone", "prefix", "empty"],
)
def test_what_cannot_be_read_is_named(
    key: str, content: bytes | None, error: type[EtlError], says: str, at: tuple[Home, ServedStore]
) -> None:
    home, store = at
    given = f"s3://bkt/{key}" if content is None else store.put(key, content)
    with pytest.raises(error, match=says):
        run(config_of(home, store, given))


def test_records_of_unequal_length_are_refused(home: Home, store: ServedStore) -> None:
    path = home.data / "lines.toml"
    path.write_text('record_format = "V"\nrecord_size = 4\n[[field]]\nname = "a"\ntype = "str"\nlength = 4\n')
    with pytest.raises(StoreUnsupported, match="unequal length"):
        run(config_of(home, store, store.put("in/v.bin", b"\0\x08\0\0abcd"), layout=str(path)))


def test_without_a_layout_it_says_that_none_is_looked_for(home: Home, store: ServedStore) -> None:
    with pytest.raises(LayoutMissing, match="beside an object in a store none is looked for"):
        run(config_of(home, store, store.put("in/bare.bin", content_of(".bin"))))


def test_nothing_is_allowed_unless_it_is_named(home: Home, store: ServedStore) -> None:
    given = store.put("in/a.csv", b"a\n1\n")
    for roots in ((), ("s3://bkt/other/",), ("s3://bkt/i",), ("s3://other/",)):
        with pytest.raises(StoreClosed, match="lies beneath none of the prefixes"):
            run(replace(config_of(home, store, given), store_roots=roots))


def test_a_store_that_does_not_answer(home: Home, store: ServedStore) -> None:
    config = config_of(home, store, "s3://bkt/in/a.bin")
    nobody = ("endpoint_override=http://127.0.0.1:1", "region=us-east-1")
    with pytest.raises(StoreFailed, match=r"s3://bkt/in/a.bin cannot be used \(NETWORK_CONNECTION\)"):
        run(replace(config, store_options=nobody))
