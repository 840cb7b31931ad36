"""A CSV in another dialect than our own: its first line, and the rows of a span, which kernels rewrite."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.cell_escape import REACHING, SEPARATORS, more_separators
from etl_batch.kernels import redialect_job as job_fields
from etl_batch.kernels.redialect_job import SLACK_BYTES
from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_whole_number
from etl_batch.text.written_dialect import WrittenDialect, characters_of

if TYPE_CHECKING:
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Array

_UTF8 = "utf-8"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be written."""

    place: int  #: among the rows of its batch, from 0
    column: int  #: of the output, from 0
    character: str  #: that the encoding lacks


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Rows in another dialect."""

    content: memoryview
    is_in_place: bool  #: whether it lies in the room that was given for it
    refused: Sequence[RefusedRow]  #: of which nothing is written, in order


def rewritten(
    lines: Array, dialect: WrittenDialect, numbers: npt.NDArray[np.uint8], counts: int, out: Array
) -> Rewritten:
    """Lines of our own dialect in another one.

    Args:
        lines: shape (bytes + SLACK_BYTES,): with so many behind them that do not count.
        dialect: as it is to be.
        numbers: shape (columns,): 1 where the cells are numbers with a decimal mark.
        counts: address of what the apostrophes are added to; 0: nothing is escaped.
        out: shape (2 * bytes + SLACK_BYTES,) at least.
    """
    from etl_batch.kernels.redialect import rewrite_rows

    length = len(lines) - SLACK_BYTES
    codec = dialect.codec
    table = None if dialect.has_every_character else _table(codec)
    marked = numbers if dialect.decimal != "." else np.zeros_like(numbers)
    most = int(np.count_nonzero(lines[:length] == ord("\n"))) if table is not None else 0
    refused = np.empty((most, job_fields.REFUSED_WORDS), dtype=np.uint32)
    classes = _classes(dialect.delimiter)
    at = lines.ctypes.data
    job = np.array(
        [
            at,
            at + length,
            out.ctypes.data,
            ord(dialect.delimiter),
            ord(dialect.decimal),
            marked.ctypes.data,
            classes.ctypes.data,
            counts,
            0 if table is None else table.ctypes.data,
            table is None or bool((table[:128] == np.arange(128)).all()),
            dialect.line_end == "\r\n",
            refused.ctypes.data,
            0,
        ],
        dtype=np.uint64,
    )
    rewrite_rows(job.ctypes.data)
    written = out.data[: int(job[job_fields.OUT]) - out.ctypes.data]
    is_in_place = table is not None or codec == _UTF8
    if not is_in_place:
        written = memoryview(str(written, _UTF8).encode(codec))
    found = refused[: int(job[job_fields.ROWS_REFUSED])].tolist()
    return Rewritten(written, is_in_place, [RefusedRow(place, column, chr(code)) for place, column, code in found])


def marked_columns(
    of_input: Sequence[bool], names: Sequence[str], shape: OutputColumns | None
) -> npt.NDArray[np.uint8]:
    """As `rewritten` takes them.

    Args:
        of_input: of its columns, whether they hold such numbers; empty: none does.
        names: of its columns.
        shape: of the outputs.
    """
    own = of_input or [False] * len(names)
    if shape is None:
        return np.array(own, dtype=np.uint8)
    marked = [is_whole_number(one.origin) and own[one.origin] for one in shape.columns]
    return np.array(marked, dtype=np.uint8)


def refusals(refused: Sequence[RefusedRow], names: Sequence[str], dialect: WrittenDialect) -> dict[int, str]:
    """What is wrong with rows that cannot be written, by their places."""
    return {
        one.place: f"column {names[one.column]!r}: {one.character!r} (U+{ord(one.character):04X}) is not in "
        f"--out-encoding {dialect.encoding}"
        for one in refused
    }


def room_of(length: int) -> int:
    """Bytes that so many bytes of lines may need as `out`."""
    return 2 * length + SLACK_BYTES


@cache
def _table(codec: str) -> npt.NDArray[np.uint16]:
    """The codes of all characters up to U+FFFF."""
    table = np.full(0x10000, job_fields.LACKING, dtype=np.uint16)
    for character, code in characters_of(codec).items():
        table[ord(character)] = code
    return table


@cache
def _classes(delimiter: str) -> npt.NDArray[np.uint8]:
    more = more_separators(delimiter)
    classes = np.zeros(256, dtype=np.uint8)
    for characters, bit in (
        (more, job_fields.MORE),
        (SEPARATORS + more, job_fields.ENDS),
        (REACHING, job_fields.REACHES),
    ):
        classes[[ord(one) for one in characters]] |= bit
    return classes
