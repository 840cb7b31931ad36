"""Calls of the CSV source: its kernels on bytes, and the whole of it in this process, without workers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_batch.config import JobConfig
from etl_batch.formats.csv.csv_input import CsvInput
from etl_batch.formats.csv.csv_inputs import CsvInputs
from etl_batch.formats.csv.taking import RowTaker
from etl_batch.formats.opening import Opening
from etl_batch.kernels.csv_bad_rows import find_bad_rows
from etl_batch.kernels.csv_check import check_rows, count_quotes, next_row
from etl_batch.kernels.csv_problems import (
    BAD_ROW_FIELDS,
    CR_LF,
    DETAIL,
    FOUND_FIELDS,
    LF_ALONE,
    PROBLEM,
    ROW,
    START,
    STOP,
    WHERE,
    Problem,
)
from etl_batch.storage.roots import place
from etl_batch.values import ProgressReport, Rejected
from tests.conftest import ACTOR
from tests.data_makers.apostrophes import Added, Counter
from tests.helpers import twins_csv
from tests.helpers.parse_calls import GuardedPage

PAGE_BYTES = 4096
_FIRST_ROW = 64 * 1024  #: bytes that hold it
_UNTOUCHED = 0xA5
_PAGE = GuardedPage()


@dataclass(frozen=True, slots=True)
class Bad:
    """A line of the table of bad rows."""

    row: int
    start: int
    stop: int
    problem: Problem
    where: int
    detail: int


def at_end_of_page(data: bytes) -> int:
    """The address of the data; up to a page of it, its end is where nobody may read."""
    assert len(data) <= PAGE_BYTES
    return _PAGE.put(data, at_end=True)


def checked_rows(data: bytes, columns: int, delimiter: str = ",") -> int | None:
    """How many rows `check_rows` counts; None where it finds one broken."""
    base = at_end_of_page(data)
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    stop = base + len(data)
    end = int(check_rows(base, stop, stop, ord(delimiter), columns, found))
    assert end in (0, stop)
    return int(found[0]) if end else None


def checked_to(data: bytes, last: int, columns: int, delimiter: str = ",") -> tuple[int, int] | None:
    """Where the rows that begin no later than `last` end, and how many they are; None where one is broken."""
    base = at_end_of_page(data)
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    end = int(check_rows(base, base + last, base + len(data), ord(delimiter), columns, found))
    return (end - base, int(found[0])) if end else None


def line_ends_of(data: bytes, columns: int, delimiter: str = ",") -> tuple[tuple[int, int], tuple[int, int]]:
    """Lines that end with CR and LF, and with LF alone: by `check_rows` (of sound data), by `find_bad_rows`."""
    base, stop = at_end_of_page(data), at_end_of_page(data) + len(data)
    quick, careful = (np.zeros(FOUND_FIELDS, dtype=np.uint64) for _ in range(2))
    check_rows(base, stop, stop, ord(delimiter), columns, quick)
    room = np.empty((len(data) + 1, BAD_ROW_FIELDS), dtype=np.int64)
    find_bad_rows(base, base, stop, stop, ord(delimiter), columns, room, careful)
    one, other = ((int(found[CR_LF]), int(found[LF_ALONE])) for found in (quick, careful))
    return one, other


def quotes_of(data: bytes) -> int:
    """What `count_quotes` counts."""
    base = at_end_of_page(data)
    return int(count_quotes(base, base + len(data)))


def row_behind(data: bytes, at: int, *, inside: bool) -> int:
    """What `next_row` finds."""
    base = at_end_of_page(data)
    return int(next_row(base + at, base + len(data), int(inside))) - base


def bad_rows(data: bytes, columns: int, delimiter: str = ",", *, room: int = 3) -> tuple[list[Bad], int, bool]:
    """What `find_bad_rows` lists, how many rows it sees, and whether it says that quotes are broken."""
    base = at_end_of_page(data)
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    at, listed = base, list[Bad]()
    while at < base + len(data):
        bad = np.full((room, BAD_ROW_FIELDS), -1, dtype=np.int64)
        found[1] = 0
        stop = base + len(data)
        at = int(find_bad_rows(base, at, stop, stop, ord(delimiter), columns, bad, found))
        for line in bad[: int(found[1])].tolist():
            listed.append(Bad(line[ROW], line[START], line[STOP], Problem(line[PROBLEM]), line[WHERE], line[DETAIL]))
    assert at == base + len(data)
    return listed, int(found[0]), bool(found[2])


def rewritten(data: bytes, delimiter: str = ",", *, escape: bool = True) -> tuple[bytes, Added]:
    """What `take_rows` writes, and the apostrophes that it says it added.

    Fails where it writes past the room that it asks for.
    """
    owner = np.frombuffer(data or b"\0", dtype=np.uint8)
    base = at_end_of_page(data) if len(data) <= PAGE_BYTES else int(owner.ctypes.data)
    room = 5 * len(data) // 2 + 128
    out = np.full(room + 256, _UNTOUCHED, dtype=np.uint8)
    counter = Counter()
    first = next(iter(twins_csv.rows(data[:_FIRST_ROW], delimiter)), None)
    taker = RowTaker(ord(delimiter), len(first.cells) if first else 1)
    taker.write(int(out.ctypes.data), counter.address if escape else 0)
    taken = taker.take(base, base + len(data) - 1, base + len(data))
    assert (taken.stop, taken.is_broken) == (base + len(data), False)
    length = taken.out - int(out.ctypes.data)
    assert length <= room
    assert (out[room:] == _UNTOUCHED).all(), "written past the end of the buffer"
    return out[:length].tobytes(), counter.added


def in_this_process(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    """A `Mapper` without processes."""
    return map(function, items)


@dataclass
class Converted:
    """What the CSV source makes of a file."""

    source: CsvInput
    csv: bytes = b""  #: the rows, without a header
    rows_out: int = 0
    escaped: Added = field(default_factory=Added)
    rejected: list[Rejected] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)  #: of the good rows
    tables: list[pa.Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[list[str]]:
        """The cells that were written, as Python reads them."""
        return list(csv.reader(io.StringIO(self.csv.decode(), newline=""), strict=True))

    @property
    def table(self) -> pa.Table:
        return pa.concat_tables(self.tables) if self.tables else self.source.schema.empty_table()


def convert(
    path: Path,
    *,
    given: pa.Schema | None = None,
    parquet: bool = False,
    **more: Any,  # noqa: ANN401 - of the config
) -> Converted:
    """Check and read a CSV that lies in the `data` folder of its home.

    Args:
        path: of the CSV.
        given: the types of its columns in another input of the job.
        parquet: make tables, too.
        more: fields of the config.
    """
    config = JobConfig(
        home=path.parent.parent,
        inputs=(str(path),),
        actor=ACTOR,
        output_csv=str(path.parent.parent / "output" / "out.csv"),
        output_parquet=str(path.parent.parent / "output" / "out.parquet") if parquet else None,
        **more,
    )
    notes: list[str] = []

    def progress(report: ProgressReport) -> None:
        if report.note:
            notes.append(report.note)

    with ExitStack() as copies:
        inputs = CsvInputs(Opening(config, in_this_process, copies, progress))
        (source,) = inputs.sources([inputs.open(0, place(path, config.input_roots))], given)
        assert isinstance(source, CsvInput)
        result = Converted(source, notes=notes)
        _read(result, config)
    return result


def _read(result: Converted, config: JobConfig) -> None:
    source = result.source
    assert source.leftover() is None
    for span in source.plan(config.chunk_bytes, 0, 0):
        with source.read(span) as batch:
            assert batch.rows + len(batch.rejected) == span.rows
            room = batch.csv_room()
            out: npt.NDArray[np.uint8] = np.full(room + 64, _UNTOUCHED, dtype=np.uint8)
            counter = Counter()
            length = batch.write_csv(int(out.ctypes.data), counter.address) - int(out.ctypes.data)
            assert length <= room
            result.csv += out[:length].tobytes()
            result.escaped = Added(*map(sum, zip(result.escaped, counter.added, strict=True)))
            result.rows_out += batch.rows
            result.rejected += batch.rejected
            every = batch.row_ids().every
            result.ids += [] if every is None else every.tolist()
            if config.output_parquet is not None and batch.rows:
                table = batch.table()
                table.validate(full=True)
                result.tables.append(table)
