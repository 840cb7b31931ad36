"""Calls of what brings cells into the text that our own files have: rules and cells in, texts out."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from etl_batch.formats.csv.cell_rules import CellRule, Met, RuleTable
from etl_batch.kernels.cell_reading import note_misfit, read_cell
from etl_batch.kernels.columns import Array
from etl_batch.kernels.compile import kernel

U = np.uint64
_UNTOUCHED = 0xA5


@kernel("void(uint64, uint64[::1], uint64[::1], uint64, uint64, uint64[::1])")
def _read_cells(  # noqa: PLR0917
    rule: U, starts: Array, ends: Array, out: U, room: U, results: Array
) -> None:
    for cell in range(len(starts)):
        index = U(cell)
        at = out + index * room
        results[index] = read_cell(starts[index], ends[index], rule, at)
        if results[index] == U(0):
            note_misfit(rule, index + U(1), starts[index], ends[index])
        else:
            results[index] -= at
            results[index] += U(1)


def read_cells(rule: CellRule, cells: Sequence[bytes]) -> tuple[list[bytes | None], Met]:
    """What the cells of a column become, None where they do not fit; and what they turned out to be."""
    table = RuleTable.of([rule])
    room = 2 * max((len(cell) for cell in cells), default=0) + 64
    out = np.full(len(cells) * room + 64, _UNTOUCHED, dtype=np.uint8)
    results = np.zeros(len(cells), dtype=np.uint64)
    content = np.frombuffer(b"".join(cells) + b"\0", dtype=np.uint8)
    lengths = np.array([len(cell) for cell in cells], dtype=np.uint64)
    ends = U(content.ctypes.data) + np.cumsum(lengths, dtype=np.uint64)
    _read_cells(table.words.ctypes.data, ends - lengths, ends, out.ctypes.data, room, results)
    read = [
        None if not length else ctypes.string_at(out.ctypes.data + number * room, int(length) - 1)
        for number, length in enumerate(results)
    ]
    assert (out[len(cells) * room :] == _UNTOUCHED).all(), "it wrote beyond its room"
    return read, table.met()[0]
