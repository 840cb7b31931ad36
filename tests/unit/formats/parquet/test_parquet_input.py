"""Parquet files as a source: what is read is what is there, and whatever is broken is refused by name."""

from __future__ import annotations

import base64
import errno
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count, pairwise
from pathlib import Path, PurePosixPath
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.errors import (
    EmptyInput,
    EtlError,
    FormatCorrupt,
    FormatMagic,
    FormatUnsupported,
    InputChanged,
    InputFailed,
    NotFound,
    OutOfMemory,
    Refused,
    SchemaMismatch,
)
from etl_batch.formats.arrow import leaves
from etl_batch.formats.arrow.plan import shares
from etl_batch.formats.arrow.schema import row_bytes
from etl_batch.formats.format import RowIds
from etl_batch.formats.parquet import pieces
from etl_batch.formats.parquet import reader as parquet_reader
from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import read_footer
from etl_batch.formats.parquet.parquet_input import ParquetInput, open_parquet
from etl_batch.formats.parquet.pieces import PieceReader, first_rows
from etl_batch.storage.roots import Place
from etl_batch.values import MIB
from tests.helpers import arrow_twins
from tests.helpers.arrow_twins import array_of, columns_of
from tests.helpers.chance import examples
from tests.helpers.descriptors import nothing_left_open
from tests.helpers.source_contents import contents

Put = Callable[..., ParquetInput]
ROWS = 40
#: a row of DuckDB's type INTERVAL, which Arrow cannot write
INTERVAL = (
    "UEFSMRUAFRgVHCwVAhUAFQYVBgAADCwDAAAAAAAAAAAAAAAVABUIFQwsFQIVABUGFQYAAAQMAQAAABUCGTw1ABgNZHVja2RiX3Nj"
    "aGVtYRUEABUOFRgVABgBeCUqABUCJQAYAXklIgAWAhkcGSwmABwVDhkVABkYAXgVAhYCFjoWPiYISRwVABUAFQIAAAAmABwVAhkV"
    "ABkYAXkVAhYCFioWLiZGPBgEAQAAABgEAQAAABYAKAQBAAAAGAQBAAAAEREAGRwVABUAFQIAAAAWZBYCJggWbAAZHBgcZHVja2Ri"
    "LmludGVydmFsX2Jsb29tX2ZpbHRlchgNbm9ybWFsaXplZC12MQAYKER1Y2tEQiB2ZXJzaW9uIHYyLjAuMSAoYnVpbGQgOGQ3ODEx"
    "NGU5MCkZLBwAABwAAAAAAQAAUEFSMQ=="
)
FEW_ROWS = 10_000  #: chunk bytes with which a table of 40 mixed rows is some spans


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a table, or bytes, to a file of its own, and open it."""
    numbers = count()

    def write(content: pa.Table | bytes, **more: object) -> ParquetInput:
        name = f"{next(numbers)}.parquet"
        if isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
        else:
            pq.write_table(content, tmp_path / name, **more)
        return open_parquet(3, Place(tmp_path, PurePosixPath(name)))

    return write


def mixed_table(rows: int = ROWS) -> pa.Table:
    """A column of each sort."""
    numbers = list(range(rows))
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "some": pa.array([None if k % 5 == 0 else k * 1000 for k in numbers], pa.int32()),
            "ratio": pa.array([k / 7 for k in numbers]),
            "repeated": pa.array([None if k % 7 == 0 else f"text {k % 5}" for k in numbers]),
            "own": pa.array([f"{k} ü" for k in numbers], pa.large_string()),
            "category": pa.array([f"{k % 3}" for k in numbers]).dictionary_encode(),
            "flag": pa.array([k % 3 == 0 for k in numbers]),
            "raw": pa.array([bytes([k % 256]) * 3 for k in numbers], pa.binary(3)),
            "at": pa.array([k * 10**15 // 7 for k in numbers], pa.timestamp("us", "Europe/Berlin")),
            "day": pa.array([k * 100 for k in numbers], pa.date32()),
            "price": pa.array([Decimal(k) for k in numbers], pa.decimal128(20, 2)),
            "list": pa.array([[k, None] if k % 3 else None for k in numbers]),
            "map": pa.array([[("a", k)] for k in numbers], pa.map_(pa.string(), pa.int32())),
            "struct": pa.array([{"a": k, "b": [f"{k}"]} for k in numbers]),
            "nothing": pa.nulls(rows),
        }
    ).replace_schema_metadata({"pandas": "{}"})


def whole_file(table: pa.Table, tmp_path: Path, **more: object) -> tuple[bytes, int]:
    """A file of the table, and where its footer begins."""
    pq.write_table(table, tmp_path / "whole.parquet", **more)
    whole = (tmp_path / "whole.parquet").read_bytes()
    return whole, len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")


# Reading


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_what_is_read_is_what_is_there(put: Put, compression: str, version: str) -> None:
    source = put(mixed_table(), row_group_size=7, compression=compression, data_page_version=version)
    text, table, rejected = contents(source, FEW_ROWS)
    assert (source.rows, source.format, source.ordinal) == (ROWS, "parquet", 3)
    assert table.equals(pq.read_table(source.place.path).cast(source.schema))
    assert not rejected
    assert text.splitlines()[1] == (
        '1,1000,0.14285714285714285,text 1,1 ü,1,false,010101,1974-07-12T10:32:22.857142Z,1970-04-11,1.00,"[1,null]",'
        '"{""a"":1}","{""a"":1,""b"":[""1""]}",'
    )


def test_the_schema_is_normalised(put: Put) -> None:
    source = put(mixed_table())
    assert source.schema.metadata is None
    assert all(field.nullable and field.metadata is None for field in source.schema)
    assert list(source.names) == mixed_table().column_names
    assert source.schema.field("category").type == pa.string()
    assert source.schema.field("own").type == pa.string()
    assert source.schema.field("at").type == pa.timestamp("us", "UTC")
    assert source.schema.field("nothing").type == pa.string()
    strict = pa.schema([pa.field("x", pa.list_(pa.field("y", pa.large_string(), nullable=False)), nullable=False)])
    assert put(pa.table({"x": [["a"]]}, strict)).schema.equals(pa.schema([("x", pa.list_(pa.string()))]))


def test_nested_nulls(put: Put) -> None:
    nothing = pa.null()
    table = pa.table(
        {
            "list": pa.array([[None], [], None], pa.list_(nothing)),
            "pair": pa.array([[None, None], None, [None, None]], pa.list_(nothing, 2)),
            "struct": pa.array([{"a": None}, None, {}], pa.struct([("a", nothing)])),
        }
    )
    text = contents(put(table), FEW_ROWS)[0]
    assert text == '[null],"[null,null]","{""a"":null}"\n[],,\n,"[null,null]","{""a"":null}"\n'


@settings(max_examples=examples(120), deadline=None)
@given(data=st.data(), rows=st.integers(0, 12), group=st.integers(1, 5), dictionary=st.booleans())
def test_random_tables(
    data: st.DataObject, rows: int, group: int, *, dictionary: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every type that Parquet knows, nested or not, through a real file, row groups joined, whole and cut."""
    kinds = data.draw(st.lists(arrow_twins.kinds(2).filter(storable), min_size=1, max_size=4))
    columns = [data.draw(columns_of(kind, rows)) for kind in kinds]
    names = [f"column {place}" for place in range(len(kinds))]
    table = pa.table([array_of(kind, values) for kind, values in zip(kinds, columns, strict=True)], names)
    folder = tmp_path_factory.mktemp("random")
    pq.write_table(table, folder / "x.parquet", row_group_size=group, use_dictionary=dictionary)
    source = open_parquet(0, Place(folder, PurePosixPath("x.parquet")))
    text, _, rejected = contents(source, data.draw(st.sampled_from([1, 50, 500, 10**6])))
    lines = zip(*columns, strict=True)
    assert not rejected
    assert text == "".join(",".join(map(arrow_twins.cell, kinds, line)) + "\n" for line in lines)


def storable(kind: pa.DataType, *, nested: bool = False) -> bool:
    """Whether pyarrow can write it: no views within lists."""
    if pa.types.is_struct(kind):
        return all(storable(field.type, nested=True) for field in kind)
    if pa.types.is_map(kind):
        return storable(kind.item_type, nested=True)
    if pa.types.is_nested(kind):
        empty = pa.types.is_fixed_size_list(kind) and not kind.list_size
        return not empty and storable(kind.value_type, nested=True)
    if kind in {pa.string_view(), pa.binary_view()}:
        return not nested
    return not (pa.types.is_decimal(kind) and kind.scale < 0)


def test_a_file_without_rows(put: Put) -> None:
    source = put(mixed_table().slice(0, 0))
    assert (source.rows, source.plan(1, 0, 0)) == (0, [])
    assert contents(source, FEW_ROWS)[1].num_rows == 0


def test_empty_row_groups_are_passed_over(tmp_path: Path) -> None:
    table = mixed_table()
    with pq.ParquetWriter(tmp_path / "x.parquet", table.schema) as writer:
        for start, rows in [(0, 0), (0, 10), (10, 0), (10, 0), (10, 30), (40, 0)]:
            writer.write_table(table.slice(start, rows))
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups == 6
    source = open_parquet(0, Place(tmp_path, PurePosixPath("x.parquet")))
    chunk = 15 * row_bytes(source.schema)  # 10 rows and 30 are more than that, 30 less than what is cut
    assert [(span.first_row, span.rows) for span in source.plan(chunk, 0, 0)] == [(0, 10), (10, 30)]
    assert contents(source, FEW_ROWS)[1].equals(pq.read_table(source.place.path).cast(source.schema))


def test_it_travels_and_is_small(put: Put) -> None:
    source = put(mixed_table(4000), row_group_size=1)
    stored = pickle.dumps(source)
    assert len(stored) < 5000
    assert pickle.loads(stored) == source  # noqa: S301 - our own
    assert source.leftover() is None


def test_int96_timestamps_reach_the_year_9999(put: Put) -> None:
    """As nanoseconds they would end in 2262, and the rest would turn over without a word."""
    late = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    table = pa.table({"x": pa.array([late, datetime(1, 1, 1, tzinfo=UTC)], pa.timestamp("us"))})
    source = put(table, use_deprecated_int96_timestamps=True)
    assert contents(source, FEW_ROWS)[0] == "9999-12-31T23:59:59.999999\n0001-01-01T00:00:00.000000\n"


def test_int96_digits_below_the_microsecond_are_never_cut(put: Put) -> None:
    """The rows that would lose some are bad; years that nanoseconds do not reach, and nulls, are none of them."""
    second = 1_600_000_000_000_000_000
    flat = pa.array([second + 123_456_789, second + 123_456_000, None, second, second - 1], pa.timestamp("ns"))
    nested = pa.array([[], [second], None, [None, second + 1], []], pa.list_(pa.timestamp("ns")))
    within = pa.array([{"a": second}, {"a": second + 999}, None, {"a": None}, {"a": 0}], pa.struct({"a": flat.type}))
    table = pa.table({"t": flat, "list": nested, "of": within, "n": [1, 2, 3, 4, 5]})
    source = put(table, use_deprecated_int96_timestamps=True, row_group_size=2)
    assert source.schema.field("t").type == pa.timestamp("us")
    for chunk in (1, FEW_ROWS):
        text, kept, rejected = contents(source, chunk)
        assert [(one.row, one.reason.split(":")[0]) for one in rejected] == [
            (1, "column 't'"), (2, "column 'of'"), (4, "column 'list'"), (5, "column 't'"),
        ]  # fmt: skip
        assert "below the microsecond" in rejected[0].reason
        assert (text, kept["n"].to_pylist()) == (",,,3\n", [3])


@pytest.mark.parametrize("year", [1, 1600, 1969, 2300, 9999])
def test_int96_digits_are_told_in_every_year(put: Put, year: int) -> None:
    """Nanoseconds of 64 bits turn over in most of them, which makes no digit lost."""
    micro = pa.array([datetime(year, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)], pa.timestamp("us"))
    source = put(pa.table({"t": micro}), use_deprecated_int96_timestamps=True)
    assert contents(source, FEW_ROWS)[1]["t"].to_pylist() == micro.to_pylist()
    whole = source.place.path.read_bytes()
    nanoseconds = (((7 * 60 + 8) * 60 + 9) * 10**6 + 123456) * 1000
    plain = put(pa.table({"t": micro}), use_deprecated_int96_timestamps=True, compression="none", use_dictionary=False)
    whole = plain.place.path.read_bytes()
    finer = put(whole.replace(nanoseconds.to_bytes(8, "little"), (nanoseconds + 1).to_bytes(8, "little"), 1))
    assert [one.row for one in contents(finer, FEW_ROWS)[2]] == [1]


def test_bad_rows_are_set_aside(put: Put) -> None:
    texts = array_of(pa.string(), [b"good", b"caf\xe9", None, b"\xff", b"ok"])
    days = pa.array([0, 0, 2932897, 2932897, 1], pa.date32())
    nested = array_of(pa.list_(pa.string()), [[b"a"], None, [b"\xff"], [], []])
    source = put(pa.table({"text": texts, "day": days, "list": nested}), row_group_size=2)
    text, table, rejected = contents(source, FEW_ROWS)
    assert text == 'good,1970-01-01,"[""a""]"\nok,1970-01-02,[]\n'
    assert table.num_rows == 2
    first = pq.read_metadata(source.place.path).row_group(1).column(0).dictionary_page_offset
    assert [(one.source, one.row, one.reason) for one in rejected] == [
        (3, 2, "column 'text': the text is not UTF-8"),
        (3, 3, "column 'day': a date lies in the years 1 to 9999"),
        (3, 4, "column 'text': the text is not UTF-8"),
    ]
    assert [one.byte for one in rejected] == [4, first, first]
    assert rejected[0].raw.decode() == '{"text":"caf\\\\xe9","day":"1970-01-01","list":null}'
    assert rejected[1].raw.decode() == '{"text":null,"day":2932897,"list":["\\\\xff"]}'


# Planning


def test_row_groups_are_gathered_into_parts(put: Put) -> None:
    source = put(pa.table({"x": np.random.default_rng(0).integers(0, 16, 20_000)}), row_group_size=1000)
    chunk = 8000  # as much as a row group takes decoded, and more than half of the file
    spans = source.plan(chunk, 7, 5)
    assert [span.first_row for span in spans] == list(range(0, 20_000, 1000))
    assert [span.ordinal for span in spans] == list(range(7, 27))
    assert chunk < source.identity.size < 3 * chunk
    first = next(place for place, span in enumerate(spans) if span.start >= chunk)
    assert [span.part for span in spans[: first + 5]] == [5] * first + [6] * 5
    assert {span.part for span in source.plan(10**9, 0, 2)} == {2}


def test_five_thousand_row_groups_of_one_row_are_one_span(put: Put) -> None:
    table = pa.table({"x": list(range(5000))})
    source = put(table, row_group_size=1)
    (span,) = source.plan(64 * MIB, 0, 0)
    with source.read(span) as batch:
        assert batch.table().equals(table)
        assert batch.row_ids() == RowIds(0)


@settings(max_examples=examples(50), deadline=None)
@given(rows=st.integers(1, 60), group=st.integers(1, 20), chunk=st.integers(1, 5000))
def test_spans_cover_the_file(rows: int, group: int, chunk: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("spans")
    pq.write_table(mixed_table(rows).select(["id", "own"]), folder / "x.parquet", row_group_size=group)
    source = open_parquet(1, Place(folder, PurePosixPath("x.parquet")))
    spans = source.plan(chunk, 10, 20)
    assert [spans[0].start, spans[-1].stop] == [0, source.identity.size]
    assert all(one.stop == other.start for one, other in pairwise(spans))
    assert all(span.start < span.stop for span in spans)
    assert [spans[0].first_row, spans[-1].first_row + spans[-1].rows] == [0, rows]
    assert all(one.first_row + one.rows == other.first_row for one, other in pairwise(spans))
    assert all(0 <= other.part - one.part <= 1 for one, other in pairwise(spans))
    assert [span.ordinal for span in spans] == list(range(10, 10 + len(spans)))


@given(st.lists(st.integers(0, 2**63 - 1), max_size=20), st.integers(20, 2**62))
def test_shares(weights: list[int], size: int) -> None:
    bounds = shares(size, weights)
    assert len(bounds) == len(weights) + 1
    assert bounds[0] == 0
    assert bounds[-1] == (size if weights else 0)
    assert all(one < other for one, other in pairwise(bounds))


# What is refused


def test_a_missing_or_empty_file(tmp_path: Path, put: Put) -> None:
    with pytest.raises(NotFound):
        open_parquet(0, Place(tmp_path, PurePosixPath("none.parquet")))
    with pytest.raises(EmptyInput):
        put(b"")


@pytest.mark.parametrize("content", [b"P", b"PAR1", b"PAR1PAR1", b"id,name\n1,a\n" * 10, b"\x1f\x8b" + b"x" * 50])
def test_not_parquet(put: Put, content: bytes) -> None:
    with pytest.raises(FormatMagic):
        put(content)


def test_an_encrypted_file(put: Put) -> None:
    with pytest.raises(FormatMagic, match="encrypted"):
        put(b"PARE" + b"\0" * 100 + b"PARE")


def test_encrypted_columns_behind_a_plain_footer(tmp_path: Path) -> None:
    """They are told as what they are before anything is read: as a file that is encrypted whole."""
    wrap = {"wrap_key": lambda _self, key, _master: key, "unwrap_key": lambda _self, key, _master: key}
    client = type("Client", (pe.KmsClient,), {"__init__": lambda self, _: pe.KmsClient.__init__(self)} | wrap)
    config = pe.EncryptionConfiguration("foot", column_keys={"col": ["a"]}, plaintext_footer=True)
    keys = pe.CryptoFactory(client).file_encryption_properties(pe.KmsConnectionConfig(), config)
    pq.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "x.parquet", encryption_properties=keys)
    with pytest.raises(FormatMagic, match="encrypted") as refused:
        open_parquet(0, Place(tmp_path, PurePosixPath("x.parquet")))
    assert "decrypt it first" in refused.value.what_to_do


def test_an_interval_is_not_twelve_bytes(put: Put) -> None:
    with pytest.raises(FormatUnsupported, match="column 'x': the type INTERVAL is not supported"):
        put(base64.b64decode(INTERVAL))


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (OSError("ZSTD decompression failed: Allocation error : not enough memory"), OutOfMemory),
        (OSError("zlib inflateInit failed: insufficient memory"), OutOfMemory),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), OutOfMemory),
        (pa.ArrowMemoryError("malloc of size 64 failed"), OutOfMemory),
        (OSError(errno.EIO, "Input/output error"), InputFailed),
        (OSError("Cannot decrypt ColumnMetadata. FileDecryption is not setup correctly"), FormatMagic),
        (pa.ArrowNotImplementedError("Codec LZO is not supported"), FormatUnsupported),
        (OSError("ZSTD decompression failed: Data corruption detected"), FormatCorrupt),
        (pa.ArrowInvalid("Parquet magic bytes not found"), FormatCorrupt),
    ],
)
def test_only_damage_is_called_damage(raised: Exception, kind: type[EtlError]) -> None:
    with pytest.raises(kind, match="row group 0"), explained("a.parquet, row group 0"):
        raise raised


def test_a_file_cut_off_anywhere(put: Put, tmp_path: Path) -> None:
    whole, _ = whole_file(mixed_table(), tmp_path)
    for length in [*range(1, 20), *range(20, len(whole), 97), len(whole) - 1]:
        with pytest.raises((FormatMagic, FormatCorrupt)):
            put(whole[:length])
    with pytest.raises(FormatCorrupt, match="longer than the file"):
        put(whole[:4] + whole[-8:])
    with pytest.raises(FormatCorrupt):
        put(whole[:500] + whole[-600:])


def test_two_columns_of_one_name(put: Put) -> None:
    with pytest.raises(SchemaMismatch, match="two columns 'x'"):
        put(pa.table([[1], [2]], ["x", "x"]))
    two = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    with pytest.raises(FormatUnsupported, match="column 'x': a struct has two fields 'a'"):
        put(pa.table({"x": two}))


def test_no_columns(put: Put) -> None:
    with pytest.raises(SchemaMismatch, match="no columns"):
        put(pa.table({}))


def test_a_type_that_is_not_supported(put: Put) -> None:
    with pytest.raises(FormatUnsupported, match=r"column 'x': the type list_view.* is not supported"):
        put(pa.table({"x": pa.array([[1]], pa.list_view(pa.int8()))}))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_flipped_byte_of_a_page_is_found(put: Put, tmp_path: Path, version: str) -> None:
    """No engine looks at the checksums unless it is told to."""
    numbers = np.arange(10**9, 10**9 + 60)
    table = pa.table({"fine": pa.array(range(60)), "x": numbers})
    options = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    whole, _ = whole_file(table, tmp_path, data_page_version=version, **options)
    start = whole.index(numbers.tobytes())
    for at in range(start, start + numbers.nbytes):
        source = put(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        with pytest.raises(FormatCorrupt, match=r"row group 0, column 'x': .*(CRC|checksum)"):
            contents(source, FEW_ROWS)


@pytest.mark.parametrize("compression", ["none", "zstd", "snappy"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_flipped_byte_never_changes_a_value(put: Put, tmp_path: Path, compression: str, version: str) -> None:
    """Anywhere in the file: the same rows, or a clear refusal; the footer alone may rename or retype a column.

    Some of these would end the process, were pyarrow asked for the wrong thing.
    """
    options = {"compression": compression, "data_page_version": version, "row_group_size": 25}
    whole, footer = whole_file(mixed_table(), tmp_path, write_page_checksum=True, **options)
    original = put(whole)
    expected = contents(original, FEW_ROWS)
    chance = random.Random(f"{compression} {version}")
    outcomes: dict[bool, set[type[Refused]]] = {False: set(), True: set()}  # among the pages, in the footer
    for at in [*chance.choices(range(footer), k=100), *chance.choices(range(footer, len(whole)), k=150)]:
        flipped = whole[at] ^ chance.choice([1 << chance.randrange(8), chance.randrange(1, 256)])
        try:
            source = put(whole[:at] + bytes([flipped]) + whole[at + 1 :])
            if source.schema == original.schema:
                assert contents(source, FEW_ROWS) == expected, f"byte {at}: {whole[at]} -> {flipped}"
        except Refused as error:
            outcomes[at >= footer].add(type(error))
    assert outcomes[False] == {FormatCorrupt}
    assert FormatCorrupt in outcomes[True]


def test_a_codec_that_the_pages_do_not_have(put: Put, tmp_path: Path) -> None:
    """The footer says that they are not compressed: their bytes would be taken for values."""
    table = pa.table({"x": pa.array([bytes([k % 3]) * 3 for k in range(999)], pa.binary(3))})
    whole, footer = whole_file(table, tmp_path, compression="snappy", data_page_version="2.0", use_dictionary=False)
    name = whole.index(b"\x18\x01x\x15\x02", footer)  # path_in_schema, then codec 1
    source = put(whole[: name + 4] + b"\0" + whole[name + 5 :])
    assert pq.read_metadata(source.place.path).row_group(0).column(0).compression == "UNCOMPRESSED"
    with pytest.raises(FormatCorrupt):
        contents(source, FEW_ROWS)


def test_a_footer_that_counts_wrong(put: Put) -> None:
    source = put(pa.table({"x": list(range(10))}))
    with pytest.raises(FormatCorrupt, match="10 rows, 11 when the job was planned"):
        replace(source, rows=11).plan(1, 0, 0)


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


def test_a_file_cut_off_while_it_is_read(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Arrow makes of it is not the reason."""
    source = put(mixed_table())
    (span,) = source.plan(10**9, 0, 0)
    really = pq.ParquetFile.read_row_groups

    def cut(*arguments: object, **more: object) -> pa.Table:
        os.truncate(source.place.path, 100)
        return really(*arguments, **more)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", cut)
    with pytest.raises(InputChanged), source.read(span):
        pass


# Memory


@settings(max_examples=examples(40), deadline=None)
@given(
    rows=st.integers(1, 300), group=st.integers(1, 300), data=st.data(),
    batch=st.sampled_from([1, 7, 64, 1000]), int96=st.booleans(),
)  # fmt: skip
def test_pieces_are_what_the_whole_is(
    rows: int, group: int, data: st.DataObject, batch: int, *, int96: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In whatever order a worker gets the pieces, and whatever is decoded at once."""
    folder = tmp_path_factory.mktemp("pieces")
    table = pa.table({"n": list(range(rows)), "t": pa.array([k * 10**6 for k in range(rows)], pa.timestamp("us"))})
    pq.write_table(table, folder / "x.parquet", row_group_size=group, use_deprecated_int96_timestamps=int96)
    source = open_parquet(0, Place(folder, PurePosixPath("x.parquet")))
    spans = source.plan(data.draw(st.integers(1, 400)), 0, 0)
    with mock.patch.object(pieces, "_BATCH_ROWS", batch):
        for span in data.draw(st.permutations(spans)):
            with source.read(span) as read:
                assert read.table().equals(table.slice(span.first_row, span.rows))
                assert read.row_ids() == RowIds(span.first_row)


def test_what_others_read_of_a_huge_row_group_is_passed_over(put: Put) -> None:
    table = pa.table({"x": list(range(1000))})
    source = put(table)
    span = source.plan(800, 0, 0)[3]
    with source.read(span) as batch:
        assert batch.table().equals(table.slice(span.first_row, span.rows))


def test_a_huge_row_group_is_read_once_by_who_reads_on(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not all of it is decoded at once; what it holds open is closed behind the last piece."""
    begun: list[int] = []
    really = PieceReader.open

    def counted(reader: PieceReader, descriptor: int) -> None:
        begun.append(descriptor)
        really(reader, descriptor)

    monkeypatch.setattr(PieceReader, "open", counted)
    source = put(pa.table({"x": [0] * 1000}))
    spans = source.plan(800, 0, 0)
    assert [span.rows for span in spans] == [100] * 10
    with nothing_left_open():
        assert contents(source, 800)[1]["x"].to_pylist() == [0] * 1000
    assert len(begun) == 1


def test_a_broken_page_is_found_in_a_piece(put: Put, tmp_path: Path) -> None:
    numbers = np.arange(10**9, 10**9 + 60)
    options = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    whole, _ = whole_file(pa.table({"x": numbers}), tmp_path, **options)
    at = whole.index(numbers.tobytes()) + 8 * 59
    source = put(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with nothing_left_open(), pytest.raises(FormatCorrupt, match=r"row group 0: .*(CRC|checksum)"):
        contents(source, 80)


def test_the_first_rows_of_a_huge_row_group_are_read_alone(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    source = put(pa.table({"x": list(range(1000)), "y": [0] * 1000}))
    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", None)
    with source.place.path.open("rb") as file:
        footer = read_footer(file.fileno(), source.place.path)
        table = first_rows(file.fileno(), footer, source.place.path, ["x"], 3)
    assert table.to_pydict() == {"x": [0, 1, 2]}


def test_a_decompression_bomb(put: Put) -> None:
    """A few hundred bytes that become 3 GB, in a process that may not have them."""
    million = pa.DictionaryArray.from_arrays(pa.array(np.zeros(3000, np.int32)), ["x" * 10**6])
    source = put(pa.table({"x": million}), compression="zstd", store_schema=False)
    assert source.identity.size < 1000
    assert source.uncompressed_bytes < 2 * 10**6  # even the truth does not tell
    child = subprocess.run([sys.executable, "-c", CHILD], input=pickle.dumps(source), capture_output=True, check=False)
    assert child.stdout.decode().startswith("OutOfMemory "), child


CHILD = """
import pickle, resource, sys
source = pickle.load(sys.stdin.buffer)
(span,) = source.plan(10**9, 0, 0)
import etl_batch.formats.arrow.batch  # as the workers have it before their memory is limited
resource.setrlimit(resource.RLIMIT_DATA, (10**9, 10**9))
try:
    with source.read(span):
        print("read")
except Exception as error:
    print(type(error).__name__, error)
"""


def test_more_text_than_32_bits_can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    gigabyte = np.zeros(2**30, np.uint8)  # not touched, so it takes no memory
    offsets = np.array([0, 2**30], np.int32)
    array = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(gigabyte)])
    with pytest.raises(OutOfMemory, match="column 'x' has more than 2 GiB of text in one piece"):
        parquet_reader.one_chunk(pa.chunked_array([array] * 3), pa.field("x", pa.string()), "a.parquet, row group 0")
    monkeypatch.setattr(leaves, "MAX_TEXT_BYTES", 5)
    assert leaves.text_column([b"12345"])
    with pytest.raises(OutOfMemory):
        leaves.text_column([b"12345", b"6"])
