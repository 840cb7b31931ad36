"""The same purchases as a mainframe has them, in EBCDIC: numbers as characters (DISPLAY) or packed digits (COMP-3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.commands.demo_data import RECORD
from tests.bench.speed.data import Input

DISPLAY, PACKED = "zoned", "packed"
_CODE_PAGE = "cp037"
#: of each field its digits, with those behind the point
_DIGITS = {"record_id": 9, "timestamp": 17, "store": 9, "household": 9, "quantity": 7, "value": 9}
_SCALES = {"value": 2}
_ZONE, _PLUS, _MINUS = 0xF0, 0xC, 0xD
_ROWS_AT_ONCE = 1 << 18
_Bytes = npt.NDArray[np.uint8]


def pictured(plain: Input, kind: str) -> Input:
    """The records of a file with its numbers in digits of this kind, and their layout."""
    source = np.fromfile(plain.path, RECORD)
    target = plain.path.with_name(f"{kind}-{plain.path.name}")
    with target.open("wb") as out:
        for at in range(0, len(source), _ROWS_AT_ONCE):
            fields = [_field(name, source[name][at : at + _ROWS_AT_ONCE], kind) for name in RECORD.names or ()]
            out.write(np.hstack(fields).tobytes())
    widths = {name: field.shape[1] for name, field in zip(RECORD.names or (), fields, strict=True)}
    target.with_suffix(".layout.toml").write_text(_layout(widths, kind))
    return Input(target, target.stat().st_size, plain.rows)


def _field(name: str, values: npt.NDArray[Any], kind: str) -> _Bytes:
    """A column as bytes, shape (rows, bytes of the field)."""
    if name not in _DIGITS:
        texts = np.char.ljust(values, values.dtype.itemsize).view(np.uint8).reshape(len(values), -1)
        table = np.frombuffer(bytes(range(256)).decode("latin-1").encode(_CODE_PAGE, "replace"), np.uint8)
        return np.asarray(table[texts])
    whole = np.rint(values * 10.0 ** _SCALES.get(name, 0)).astype(np.int64)
    digits = np.abs(whole)[:, None] // 10 ** np.arange(_DIGITS[name] - 1, -1, -1, dtype=np.int64) % 10
    return _zoned(digits, whole < 0) if kind == DISPLAY else _packed(digits, whole < 0)


def _zoned(digits: npt.NDArray[np.int64], negative: npt.NDArray[np.bool_]) -> _Bytes:
    stored = (digits + _ZONE).astype(np.uint8)
    stored[:, -1] = digits[:, -1] + np.where(negative, _MINUS, _PLUS) * 16
    return stored


def _packed(digits: npt.NDArray[np.int64], negative: npt.NDArray[np.bool_]) -> _Bytes:
    halves = np.hstack([digits, np.where(negative, _MINUS, _PLUS)[:, None]])
    stored: _Bytes = (halves[:, ::2] * 16 + halves[:, 1::2]).astype(np.uint8)
    return stored


def _layout(widths: dict[str, int], kind: str) -> str:
    lines = [f"record_size = {sum(widths.values())}", f'encoding = "{_CODE_PAGE}"']
    for name, width in widths.items():
        scale, digits = _SCALES.get(name, 0), _DIGITS.get(name)
        lines += ["[[field]]", f'name = "{name}"', f'type = "{"str" if digits is None else kind}"', f"length = {width}"]
        lines += [] if digits is None else [f"digits = {digits}", f"scale = {scale}"]
    return "\n".join(lines) + "\n"
