"""What columns hold, in the words of Table Schema."""

from __future__ import annotations

import pyarrow as pa
import pytest

from etl_batch.formats.column_kinds import kind_of_arrow


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (pa.int8(), "integer"), (pa.uint64(), "integer"), (pa.decimal128(9, 0), "integer"),
        (pa.decimal128(9, 2), "number"),
        (pa.float32(), "number"), (pa.bool_(), "boolean"), (pa.string(), "string"), (pa.binary(3), "string"),
        (pa.date32(), "date"), (pa.timestamp("us", "UTC"), "datetime"), (pa.time64("us"), "time"),
        (pa.list_(pa.int8()), "array"), (pa.map_(pa.string(), pa.int8()), "object"),
        (pa.struct([("a", pa.int8())]), "object"), (pa.duration("us"), "any"),
    ],
)  # fmt: skip
def test_of_arrow(kind: pa.DataType, word: str) -> None:
    assert kind_of_arrow(kind).type == word
