"""The rows of an answer as JSON, as CSV and as Parquet."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from etl_batch.queries.answer_text import (
    csv_document,
    csv_rows,
    json_document,
    json_rows,
    parquet_document,
    unique_names,
)

_UTC = dt.UTC
_COLUMNS = {
    "whole": pa.array([2**63 - 1, None], pa.int64()),
    "exact": pa.array([Decimal("1.50"), Decimal("-0.01")], pa.decimal128(38, 2)),
    "double": pa.array([5.0, float("nan")], pa.float64()),
    "single": pa.array([0.1, float("-inf")], pa.float32()),
    "text": pa.array(["=1+1", 'a"b'], pa.string()),
    "truth": pa.array([True, False]),
    "day": pa.array([dt.date(2020, 1, 2), None], pa.date32()),
    "utc": pa.array([dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=_UTC), None], pa.timestamp("us", "Etc/UTC")),
    "local": pa.array([1, None], pa.timestamp("ns")),
    "bytes": pa.array([b"\x00\xff", None], pa.binary()),
    "coded": pa.array(["x", None]).dictionary_encode(),
    "list": pa.array([[1, None], None], pa.list_(pa.int64())),
    "struct": pa.array([{"a": Decimal("1.0"), "b": ["="]}, None]),
    "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
    "interval": pa.array([(1, 2, 3_500_000_000), None], pa.month_day_nano_interval()),
}
_BATCH = pa.record_batch(_COLUMNS)


def test_numbers_are_numbers_of_json_with_all_their_digits() -> None:
    text = json_document(json_rows(_BATCH.schema, [_BATCH]))
    first, second = json.loads(text, parse_float=Decimal)
    assert first == {
        "whole": 2**63 - 1, "exact": Decimal("1.50"), "double": Decimal("5.0"), "single": Decimal("0.1"),
        "text": "=1+1", "truth": True, "day": "2020-01-02", "utc": "2020-01-02T03:04:05.000000Z",
        "local": "1970-01-01T00:00:00.000000001",
        "bytes": "00ff", "coded": "x", "list": [1, None], "struct": {"a": Decimal("1.0"), "b": ["="]}, "map": {"k": 1},
        "interval": "P1M2DT3.5S",
    }  # fmt: skip
    assert second == {**dict.fromkeys(_COLUMNS), "exact": Decimal("-0.01"), "text": 'a"b', "truth": False}


def test_texts_of_a_csv_are_escaped_and_numbers_are_not() -> None:
    batch = pa.record_batch({"=name": pa.array(["=1", None, ""]), "n": pa.array([-1, None, 2])})
    assert csv_document(batch.schema, csv_rows([batch])) == '"\'=name",n\n"\'=1",-1\n,\n"",2\n'


def test_parquet_keeps_types_and_has_texts_for_what_it_lacks() -> None:
    found = pq.read_table(io.BytesIO(parquet_document(_BATCH.schema, [_BATCH])))
    assert found.column("exact").type == pa.decimal128(38, 2)
    assert found.column("interval").to_pylist() == ["P1M2DT3.5S", None]
    assert found.num_rows == 2


def test_no_rows_are_a_document_too() -> None:
    assert json_document([]) == "[]\n"
    assert csv_document(_BATCH.schema.empty_table().schema, []).count("\n") == 1
    assert pq.read_table(io.BytesIO(parquet_document(_BATCH.schema, []))).num_rows == 0


def test_names_that_come_again_get_a_number() -> None:
    assert unique_names(("a", "a", "a_1", "b")) == ("a", "a_1", "a_1_1", "b")
