"""Records of digits say what the native ones say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from etl_batch.commands.demo_data import RECORD
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.reading import parse_layout
from tests.bench.speed.data import Input
from tests.bench.speed.pictured import DISPLAY, PACKED, pictured

ROWS = [(1, 1_490_000_000_000_000, b"BEEF", 31742, 900, -2, 12.34), (2, 0, b"", 999_999_999, 1, 0, -0.07)]


@pytest.mark.parametrize(("kind", "size"), [(DISPLAY, 92), (PACKED, 65)])
def test_the_values_are_the_same(tmp_path: Path, kind: str, size: int) -> None:
    plain = tmp_path / "x.bin"
    np.array(ROWS, RECORD).tofile(plain)
    made = pictured(Input(plain, plain.stat().st_size, len(ROWS)), kind)
    assert (made.rows, made.bytes) == (2, 2 * size)
    layout = parse_layout(made.path.with_suffix(".layout.toml").read_text(), "x")
    records = Records(np.fromfile(made.path, np.uint8).reshape(2, size))
    columns = [arrow_array(decode_field(field, records), records).to_pylist() for field in layout.fields]
    assert list(zip(*columns, strict=True)) == [
        (one, two, three.decode(), four, five, six, Decimal(str(seven)))
        for one, two, three, four, five, six, seven in ROWS
    ]
