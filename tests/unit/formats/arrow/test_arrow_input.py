"""Arrow files as a source: what is read is what is there, and whatever is broken is refused by name."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from etl_batch.errors import (
    EmptyInput,
    EtlError,
    FormatCorrupt,
    FormatMagic,
    FormatUnsupported,
    InputChanged,
    Refused,
    SchemaMismatch,
)
from etl_batch.formats.arrow.arrow_format import ArrowFormat
from etl_batch.formats.arrow.arrow_input import ArrowInput, open_arrow
from etl_batch.formats.arrow.ipc_first_rows import arrow_rows
from etl_batch.formats.arrow.ipc_footer import read_ipc_footer
from etl_batch.formats.arrow.sound import refuse_unsound
from etl_batch.formats.parquet.parquet_input import open_parquet
from etl_batch.storage.roots import Place
from etl_batch.values import MIB
from tests.conftest import PROJECT
from tests.helpers import arrow_twins
from tests.helpers.arrow_twins import array_of, columns_of
from tests.helpers.chance import examples
from tests.helpers.descriptors import open_files
from tests.helpers.source_contents import contents

Put = Callable[..., ArrowInput]
CODECS = [None, "lz4", "zstd"]
ROWS = 40
FEW_ROWS = 4_000  #: chunk bytes with which a table of 40 mixed rows is some spans


def written(table: pa.Table, path: Path, rows: int | None = None, codec: str | None = None, **more: Any) -> Path:  # noqa: ANN401
    """A file of a table, in record batches of so many rows."""
    options = pa.ipc.IpcWriteOptions(compression=codec, **more)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return path


def opened(path: Path) -> ArrowInput:
    return open_arrow(3, Place(path.parent, PurePosixPath(path.name)))


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a table, or bytes, to a file of its own, and open it."""
    numbers = count()

    def write(content: pa.Table | bytes, rows: int | None = None, codec: str | None = None, **more: Any) -> ArrowInput:  # noqa: ANN401
        path = tmp_path / f"{next(numbers)}.arrow"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            written(content, path, rows, codec, **more)
        return opened(path)

    return write


def mixed_table(rows: int = ROWS) -> pa.Table:
    """A column of each sort."""
    numbers = list(range(rows))
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "some": pa.array([None if k % 5 == 0 else k * 1000 for k in numbers], pa.int32()),
            "ratio": pa.array([k / 7 for k in numbers]),
            "text": pa.array([None if k % 7 == 0 else f"text {k % 5}" for k in numbers]),
            "large": pa.array([f"{k} ü" for k in numbers], pa.large_string()),
            "view": pa.array([f"{k} is longer than twelve bytes" for k in numbers], pa.string_view()),
            "category": pa.array([f"{k % 3}" for k in numbers]).dictionary_encode(),
            "flag": pa.array([k % 3 == 0 for k in numbers]),
            "at": pa.array([k * 10**9 // 7 for k in numbers], pa.timestamp("s", "Europe/Berlin")),
            "list": pa.array([[k, None] if k % 3 else None for k in numbers], pa.large_list(pa.int16())),
            "map": pa.array([[("a", k)] for k in numbers], pa.map_(pa.string(), pa.int32())),
            "struct": pa.array([{"a": k, "b": [f"{k}"]} for k in numbers]),
            "nothing": pa.nulls(rows),
        }
    ).replace_schema_metadata({"pandas": "{}"})


# Reading


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rows", [1, 7, ROWS])
@pytest.mark.parametrize("chunk", [1, FEW_ROWS, 10**9])
def test_what_is_read_is_what_its_parquet_twin_holds(
    put: Put, tmp_path: Path, codec: str | None, rows: int, chunk: int
) -> None:
    """Small record batches joined, large ones cut."""
    table = mixed_table()
    plain = table.set_column(5, "view", table["view"].cast(pa.string()))
    pq.write_table(plain, tmp_path / "twin.parquet", row_group_size=rows)
    twin = open_parquet(3, Place(tmp_path, PurePosixPath("twin.parquet")))
    source = put(table, rows, codec)
    assert source.schema == twin.schema
    assert (source.rows, source.names, source.numbers) == (twin.rows, twin.names, twin.numbers)
    text, read, rejected = contents(source, chunk)
    expected = contents(twin, chunk)
    assert not rejected
    assert text == expected[0]
    assert read.equals(expected[1])


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), rows=st.integers(0, 12), group=st.integers(1, 5), codec=st.sampled_from(CODECS))
def test_random_tables(
    data: st.DataObject, rows: int, group: int, codec: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every type, nested or not, through a real file, record batches joined, whole and cut."""
    some = arrow_twins.kinds(2) | st.sampled_from(arrow_twins.WRAPPED)
    kinds = data.draw(st.lists(some, min_size=1, max_size=4))
    columns = [data.draw(columns_of(kind, rows)) for kind in kinds]
    names = [f"column {place}" for place in range(len(kinds))]
    table = pa.table([array_of(kind, values) for kind, values in zip(kinds, columns, strict=True)], names)
    source = opened(written(table, tmp_path_factory.mktemp("random") / "x.feather", group, codec))
    text, read, rejected = contents(source, data.draw(st.sampled_from([1, 50, 500, 10**6])))
    read.validate(full=True)
    lines = zip(*columns, strict=True)
    assert not rejected
    assert text == "".join(",".join(map(arrow_twins.cell, kinds, line)) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("array", "bad", "reason"),
    [
        (array_of(pa.string(), ["a", b"\xff", None, "b"]), [2], "the text is not UTF-8"),
        (array_of(pa.large_string(), [b"caf\xe9", "b"]), [1], "the text is not UTF-8"),
        (pa.array([["a"], ["b", "c"]], pa.list_(pa.binary())).cast(pa.list_(pa.binary())), [], ""),
        (pa.array([0, 2**62, None, -(2**62)], pa.timestamp("s")), [2, 4], "a timestamp lies in the years 1 to 9999"),
        (pa.array([0, 2**60], pa.timestamp("us")), [2], "a timestamp lies in the years 1 to 9999"),
        (pa.array([0, 1, 86_400_000], pa.int64()).view(pa.date64()), [2], "a date lies in the years 1 to 9999"),
        (pa.array([5, -1, 86_400], pa.int32()).view(pa.time32("s")), [2, 3], "a time lies within one day"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("codec", CODECS)
def test_bad_values_are_rows_and_not_files(put: Put, array: pa.Array, bad: list[int], reason: str, codec: str) -> None:
    table = pa.table({"n": range(len(array)), "x": array})
    source = put(table, 2, codec)
    for chunk in (1, 10**6):
        text, _read, rejected = contents(source, chunk)
        assert [one.row for one in rejected] == bad
        assert all(one.reason == f"column 'x': {reason}" for one in rejected)
        kept = [line.split(",")[0] for line in text.splitlines()]
        assert kept == [str(row) for row in range(len(array)) if row + 1 not in bad]
    offsets = [one.offset for one in footer_of(source).groups]
    assert [one.byte for one in rejected] == [offsets[(row - 1) // 2] for row in bad]


def footer_of(source: ArrowInput) -> Any:  # noqa: ANN401
    with source.place.path.open("rb") as file:
        return read_ipc_footer(file.fileno(), source.place.path)


def test_dictionaries_that_grow(tmp_path: Path) -> None:
    """Each record batch adds to the dictionary (a delta)."""
    path = tmp_path / "delta.arrow"
    kind = pa.dictionary(pa.int8(), pa.string())
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    schema = pa.schema([("x", kind)])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema, options=options) as writer:
        for values, places in ((["a"], [0, 0]), (["a", "b"], [1, 0]), (["a", "b", "c"], [2, None])):
            array = pa.DictionaryArray.from_arrays(pa.array(places, pa.int8()), values)
            writer.write_batch(pa.record_batch([array], schema=schema))
    assert contents(opened(path), 1)[0] == "a\na\nb\na\nc\n\n"


def test_a_file_without_rows_and_record_batches_without_any(put: Put, tmp_path: Path) -> None:
    source = put(mixed_table().slice(0, 0))
    assert (source.rows, source.plan(1, 0, 0)) == (0, [])
    table = mixed_table(3).drop_columns(["category"])
    path = tmp_path / "holes.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        for piece in (table.slice(0, 0), table.slice(0, 1), table.slice(1, 0), table.slice(1, 2), table.slice(3, 0)):
            for batch in piece.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]:
                writer.write_batch(batch)
    holes = opened(path)
    assert [one.rows for one in footer_of(holes).groups] == [0, 1, 0, 2, 0]
    assert contents(holes, FEW_ROWS)[0] == contents(put(table), FEW_ROWS)[0]


def test_feather_is_the_same(tmp_path: Path) -> None:
    table = mixed_table()
    feather.write_feather(table, tmp_path / "x.feather", compression="lz4", chunksize=7)
    written(table, tmp_path / "x.arrow")
    assert contents(opened(tmp_path / "x.feather"), FEW_ROWS) == contents(opened(tmp_path / "x.arrow"), FEW_ROWS)


def test_it_travels_and_is_small(put: Put) -> None:
    source = put(mixed_table(), 1)
    again = pickle.loads(pickle.dumps(source))  # noqa: S301 - our own
    assert again == source
    assert len(pickle.dumps(source)) < 4000
    assert contents(again, FEW_ROWS)[0] == contents(source, FEW_ROWS)[0]


def test_spans_cover_the_file_and_huge_batches_are_cut(put: Put) -> None:
    source = put(pa.table({"x": range(100_000)}))
    spans = source.plan(100_000, 5, 2)
    assert [span.ordinal for span in spans] == list(range(5, 5 + len(spans)))
    assert len(spans) > 4
    assert (spans[0].start, spans[-1].stop) == (0, source.identity.size)
    assert sum(span.rows for span in spans) == 100_000
    assert {span.part for span in spans} == set(range(2, 2 + len({span.part for span in spans})))
    many = put(pa.table({"x": range(5000)}), 1)
    assert len(many.plan(64 * MIB, 0, 0)) == 1, "five thousand record batches of one row are one span"


def test_pieces_of_a_compressed_batch_are_decompressed_once(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    source = put(pa.table({"x": range(100_000)}), None, "zstd")
    really, read = pa.ipc.RecordBatchFileReader.get_batch, []

    def counted(self: Any, number: int) -> pa.RecordBatch:  # noqa: ANN401
        read.append(number)
        return really(self, number)

    monkeypatch.setattr(pa.ipc.RecordBatchFileReader, "get_batch", counted, raising=False)
    assert len(source.plan(100_000, 0, 0)) > 4
    assert contents(source, 100_000)[1].num_rows == 100_000
    assert read in ([0], [])


def test_what_it_holds_counts_and_not_what_it_was_compressed_to(put: Put) -> None:
    table = pa.table({"x": [0] * 1_000_000})
    source = put(table, None, "zstd")
    assert source.identity.size < MIB < 8_000_000 <= source.uncompressed_bytes
    assert ArrowFormat().held_bytes(source) == source.uncompressed_bytes
    plain = put(table)
    assert ArrowFormat().held_bytes(plain) == plain.identity.size


def test_first_rows(put: Put) -> None:
    source = put(mixed_table(), 7)
    shown = arrow_rows(source.place, 9)
    assert shown.names == tuple(source.names)
    assert len(shown.rows) == 9
    assert shown.note == "40 rows in 6 record batches"
    assert arrow_rows(put(mixed_table().slice(0, 1), 7).place, 9).note == "1 row in 1 record batch"


def test_files_that_were_read_are_not_kept_open(put: Put) -> None:
    contents(put(mixed_table(3)), FEW_ROWS)  # the last one stays mapped
    before = len(open_files())
    for _ in range(5):
        contents(put(mixed_table(3)), 1)
    assert len(open_files()) <= before


# What is refused


def test_what_is_no_arrow_file(put: Put) -> None:
    table = mixed_table(3)
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    for content, words in (
        (stream.getvalue().to_pybytes(), "is an Arrow stream, which has no footer"),
        (b"FEA1" + bytes(100) + b"FEA1", "is Feather of version 1"),
        (b"id,name\n1,a\n", "does not begin with ARROW1"),
        (b"ARROW1", "does not end with ARROW1"),
        (b"ARROW1\0\0" + bytes(30), "does not end with ARROW1"),
    ):
        with pytest.raises(FormatMagic, match=words):
            put(content)
    with pytest.raises(EmptyInput):
        put(b"")
    with pytest.raises(FormatCorrupt, match="longer than the file"):
        put(b"ARROW1\0\0" + (1000).to_bytes(4, "little") + b"ARROW1")


def test_types_and_names_that_no_output_can_have(put: Put) -> None:
    union = pa.UnionArray.from_sparse(pa.array([0, 0], pa.int8()), [pa.array([1, 2])])
    with pytest.raises(FormatUnsupported, match="column 'x': the type sparse_union"):
        put(pa.table({"x": union}))
    with pytest.raises(SchemaMismatch, match="two columns 'a'"):
        put(pa.table([[1], [2]], ["a", "a"]))
    with pytest.raises(SchemaMismatch, match="no columns"):
        put(pa.table({}))


def test_numbers_of_nulls_that_are_not_true(tmp_path: Path) -> None:
    """Arrow believes the number: of no nulls it does not look at the flags at all."""
    good = pa.table({"x": pa.array([1, None, None, 4], pa.int64()), "y": [1, 2, 3, 4]})
    for codec in CODECS:
        path = written(good, tmp_path / "x.arrow", None, codec)
        whole = path.read_bytes()
        node = (4).to_bytes(8, "little") + (2).to_bytes(8, "little")
        at = whole.index(node)
        for nulls in (0, 1, 4):
            path.write_bytes(whole[: at + 8] + nulls.to_bytes(8, "little") + whole[at + 16 :])
            for chunk in (1, 10**6):
                with pytest.raises(FormatCorrupt, match="column 'x': the number of nulls is not that of its values"):
                    contents(opened(path), chunk)


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["abc", "de", "f"]),
        pa.array(["abc", "de", "f"], pa.large_string()),
        pa.array([[1, 2], [3], []], pa.large_list(pa.int64())),
        pa.array([["a"], ["b"], []], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
        pa.array(["longer than twelve bytes"] * 3, pa.string_view()),
    ],
    ids=lambda array: str(array.type),
)
def test_offsets_that_lead_anywhere(tmp_path: Path, array: pa.Array) -> None:
    """Every byte of the body with another value: an error with a code, or other values, never a crash."""
    path = written(pa.table({"x": array}), tmp_path / "x.arrow")
    whole, (place,) = path.read_bytes(), footer_of(opened(path)).groups
    start = place.offset + place.metadata_bytes
    found: Counter[str] = Counter()
    for at in range(start, start + place.body_bytes):
        path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
        try:
            assert sum(map(len, contents(opened(path), FEW_ROWS)[1:])) == 3
        except Refused as error:
            found[error.code] += 1
    assert found.keys() == {"E_FORMAT_CORRUPT"}


@pytest.mark.parametrize("places", [[0, 3], [0, -1]])
def test_a_place_outside_of_its_dictionary(places: list[int]) -> None:
    array = pa.DictionaryArray.from_arrays(pa.array(places, pa.int8()), ["a", "b", "c"], safe=False)
    with pytest.raises(FormatCorrupt, match="x: a value is none of the 3 in its dictionary"):
        refuse_unsound(array, "x")


@pytest.mark.parametrize(("kind", "width"), [(pa.list_(pa.int8()), np.int32), (pa.large_list(pa.int8()), np.int64)])
@pytest.mark.parametrize("offsets", [[0, 9, 3], [0, 2, 1, 3], [0, -1, 3]])
def test_lists_that_overlap_or_lie_outside(kind: pa.DataType, width: type, offsets: list[int]) -> None:
    """The first and the last are sound, which is all that Arrow looks at by itself."""
    buffers = [None, pa.py_buffer(np.array(offsets, width))]
    array = pa.Array.from_buffers(kind, len(offsets) - 1, buffers, children=[pa.array([1, 2, 3], pa.int8())])
    with pytest.raises(FormatCorrupt, match="x: a list lies outside of its items"):
        refuse_unsound(array, "x")


def test_a_file_that_changes(put: Put) -> None:
    source = put(mixed_table())
    (span,) = source.plan(10**9, 0, 0)
    os.utime(source.place.path, ns=(1, 1))
    with pytest.raises(InputChanged), source.read(span):
        pass
    other = put(mixed_table())
    os.utime(other.place.path, ns=(1, 1))
    with pytest.raises(InputChanged):
        other.plan(1, 0, 0)


# Damage


def outcome(path: Path, expected: str) -> str:
    """What becomes of a file: the code of its error, or whether it holds what it held."""
    try:
        text = contents(opened(path), 300)[0]
        arrow_rows(Place(path.parent, PurePosixPath(path.name)), 5)
    except EtlError as error:
        return error.code
    return "the same" if text == expected else "other"


def damage_everywhere(folder: str, codec: str) -> None:
    """Read after each byte of what says where things lie was changed, and cut at many lengths; in one process."""
    path = Path(folder) / "x.arrow"
    written(mixed_table(6), path, 3, codec or None)
    good = path.read_bytes()
    expected = contents(opened(path), 300)[0]
    length = int.from_bytes(good[-10:-6], "little")
    chances = random.Random(7)
    found: Counter[str] = Counter()
    bodies = [
        range(one.offset + one.metadata_bytes, one.offset + one.metadata_bytes + one.body_bytes)
        for one in footer_of(opened(path)).groups
    ]
    for at in range(len(good)):
        step = 31 if any(at in body for body in bodies) else 7 if at < len(good) - 10 - length else 3
        if at % step:
            continue
        damaged = bytearray(good)
        damaged[at] ^= 1 << chances.randrange(8)
        path.write_bytes(damaged)
        found[outcome(path, expected)] += 1
    for cut in range(0, len(good), 301):
        path.write_bytes(good[:cut])
        code = outcome(path, expected)
        found["cut"] += code in {"E_EMPTY", "E_FORMAT_MAGIC"}
        found["cut and read"] += code in {"the same", "other"}
    sys.stdout.write(str(dict(found)))


@pytest.mark.parametrize("codec", ["", "lz4", "zstd"])
def test_no_damage_ends_the_process(tmp_path: Path, codec: str) -> None:
    script = f"from {__name__} import damage_everywhere as it; it({str(tmp_path)!r}, {codec!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "'the same': " in done.stdout
    assert "'E_FORMAT_CORRUPT': " in done.stdout
    assert "'E_INTERNAL'" not in done.stdout
    assert "'cut and read': 0" in done.stdout
