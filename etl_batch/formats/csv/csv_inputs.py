"""The CSV inputs of a job: opened, their columns' types settled, every row checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import ConfigError
from etl_batch.formats.csv.column_samples import is_told, looks_unlike_ours
from etl_batch.formats.csv.column_types import (
    NUMBERS,
    TEXT,
    CellType,
    almost_numbers,
    cell_type_of,
    inferred,
    number_type,
)  # fmt: skip
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.csv_input import CsvInput, first_cells
from etl_batch.formats.csv.header import Dialect, read_header
from etl_batch.formats.csv.header_width import refuse_other_width
from etl_batch.formats.csv.opened_csv import OpenedCsv, needs_copy, with_copies
from etl_batch.formats.csv.pieces import Checked
from etl_batch.formats.csv.prescan import Prescan
from etl_batch.formats.csv.read_as import readings_of
from etl_batch.formats.csv.type_advice import advised_type
from etl_batch.formats.csv.unsettled_csv import UnsettledCsv, looks_of, number_types
from etl_batch.formats.format import MAX_SPAN_BYTES, Source
from etl_batch.formats.opening import Opening
from etl_batch.formats.unchanged import identity_of, open_read
from etl_batch.kernels.cell_readings import Reading
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place
from etl_batch.values import Progress, ProgressReport

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class CsvInputs:
    """How the CSV inputs of a job are opened and checked."""

    opening: Opening

    @property
    def config(self) -> JobConfig:
        """Of the job."""
        return self.opening.config

    def open(self, ordinal: int, where: Place) -> OpenedCsv:
        """Open a CSV and read its header.

        Raises:
            Refused: it is empty, no text, or its header is broken, or is not that of the rows.
        """
        descriptor = open_read(where)
        try:
            identity = identity_of(where, descriptor)
            header = read_header(descriptor, identity.size, Dialect.of(self.config), str(where.path))
            for note in header.notes:
                self.opening.tell(f"{where.path}: {note}")
            opened = OpenedCsv(ordinal, where, identity, header)
            if not needs_copy(opened, self.config):
                refuse_other_width(descriptor, header, header.delimiter, str(where.path))
        finally:
            os.close(descriptor)
        return opened

    def sources(self, opened: Sequence[OpenedCsv], given: pa.Schema | None) -> Sequence[Source]:
        """The CSV inputs as sources: their rows are checked now, or in the pass that converts them.

        Args:
            opened: the CSV inputs; they have the same columns.
            given: the types of the columns where other inputs of the job have them; None: there are no others.

        Raises:
            Refused: a row is broken, or the types do not fit.
        """
        opened = with_copies(opened, self.config, self.opening.copies)
        files = self._meant(self._files(opened, given), given)
        unsettled = is_one_pass(self.opening, files, given) and self._unsettled(opened, files)
        read = unsettled or self.check(opened, files)
        self.opening.readings.update(readings_of(opened, read, self.config))
        return read

    def _meant(self, files: list[CsvFile], given: pa.Schema | None) -> list[CsvFile]:
        """The same, with copies in which cells stand as what they mean, where they do not so in the files."""
        if not is_told(self.config) and not any(map(looks_unlike_ours, files)):
            return files
        from etl_batch.formats.csv.meanings import with_meanings

        infers = self.config.output_parquet is not None and given is None
        meant = with_meanings(files, self.config, infers=infers, tell=self.opening.tell)
        if meant is None:
            return files
        self.opening.copies.enter_context(meant.copies)
        declared = tuple(made or kind for made, kind in zip(meant.declared, files[0].declared, strict=True))
        return [replace(file, declared=declared, proven=meant.proven) for file in meant.files]

    def _unsettled(self, opened: Sequence[OpenedCsv], files: Sequence[CsvFile]) -> list[UnsettledCsv]:
        """The inputs as they are before any row is checked; none, where a measure does not look like numbers."""
        looks = looks_of(files, self.opening.run)
        types = number_types(files[0], looks.classes)
        measures = tuple((name, kind) for name, kind in types.items() if kind is not None)
        if len(measures) < len(types):
            return []
        along = _along(measures, self.config)
        return [
            UnsettledCsv(one.ordinal, file, measures, looks.classes, one.header.ended_by == b"\r\n", *rows, along)
            for one, file, rows in zip(opened, files, looks.rows, strict=True)
        ]

    def _files(self, opened: Sequence[OpenedCsv], given: pa.Schema | None) -> list[CsvFile]:
        names = opened[0].names
        declared = self._declared(names, given)
        infer = (self.config.output_parquet is not None or self._is_marked) and not all(declared)
        measured = tuple(column for column in _measured(names, self.config) if not declared[column])
        return [
            CsvFile(
                file.place,
                file.identity,
                ord(file.header.delimiter),
                names,
                file.header.data_start,
                declared,
                infer,
                measured,
                file.copy,
            )
            for file in opened
        ]

    def check(self, opened: Sequence[OpenedCsv], files: Sequence[CsvFile]) -> list[CsvInput]:
        """Check every row of every CSV.

        Raises:
            Refused: a row is broken, or the types do not fit.
        """
        names, declared, infer = files[0].names, files[0].declared, files[0].classify
        quarantine = self.config.on_bad_row == OnBadRow.QUARANTINE
        piece_bytes = min(self.config.chunk_bytes, MAX_SPAN_BYTES)
        counted = _counted(self.opening.progress, sum(file.identity.size - file.header.data_start for file in opened))
        pieces = Prescan(self.opening.run, piece_bytes, quarantine, counted)(files)
        for file, found in zip(opened, pieces, strict=True):
            self._tell_of_mixed_ends(file, found)
        known = tuple(kind or found for kind, found in zip(declared, files[0].proven or declared, strict=True))
        is_typed = infer and self.config.output_parquet is not None
        types = self._types(files, known, pieces) if is_typed else tuple(kind or TEXT for kind in known)
        measures = tuple(_measures(names, types, _measured(names, self.config), pieces))
        along = _along(measures, self.config)
        marks = tuple(_marks(known, pieces)) if self._is_marked else ()
        return [
            CsvInput(opened_csv.ordinal, file, tuple(found), types, measures, along, marks)
            for opened_csv, file, found in zip(opened, files, pieces, strict=True)
        ]

    @property
    def _is_marked(self) -> bool:
        """Whether numbers get another decimal mark, so that it must be known which cells are numbers."""
        return self.config.output_csv is not None and self.config.out_decimal != "."

    def _declared(self, names: Sequence[str], given: pa.Schema | None) -> tuple[CellType | None, ...]:
        if given is not None:
            if self.config.types:
                raise ConfigError("--types is given, but another input settles the types", mend="leave --types out")
            return tuple(cell_type_of(field.type, field.name) for field in given)
        return declared_types(self.config, names)

    def _types(
        self, files: Sequence[CsvFile], declared: Sequence[CellType | None], pieces: Sequence[Sequence[Checked]]
    ) -> tuple[CellType, ...]:
        names = files[0].names
        classes = np.zeros(len(names), dtype=np.uint8)
        for piece in (piece for found in pieces for piece in found):
            classes |= piece.classes
        seen = classes.tolist()
        named = {name: kind for name, kind in zip(names, declared, strict=True) if kind}
        almost = almost_numbers(names, seen, named)
        first = next(((file, found[0]) for file, found in zip(files, pieces, strict=True) if found), None)
        cells = first_cells(*first, almost) if almost and first else {}
        for name in almost:
            advice = advised_type(cells[name])
            self.opening.tell(
                f"column {name!r} stays text: it holds numbers, but not all of one type and written as we would "
                f"(5 beside 2.5, 007, +5, 1.50); --types {name}={advice.word} reads them as numbers, {advice.cost}"
            )
        return tuple(kind or found for kind, found in zip(declared, inferred(seen), strict=True))

    def _tell_of_mixed_ends(self, opened: OpenedCsv, pieces: Sequence[Checked]) -> None:
        header = opened.header
        pairs = sum(piece.line_ends[0] for piece in pieces) + (header.ended_by == b"\r\n")
        alone = sum(piece.line_ends[1] for piece in pieces) + (header.ended_by == b"\n")
        if pairs and alone:
            self.opening.tell(f"{opened.place.path}: {header.line_ends.in_words(pairs, alone)}")


def is_one_pass(opening: Opening, files: Sequence[CsvFile], given: pa.Schema | None) -> bool:
    """Whether the rows of some CSVs can be checked as they are converted.

    Two passes are for what must be known before: types of Parquet columns, and of those whose digits the rows told,
    which cells are numbers, which rows are left out or may be (so that a broken row is named before one that cannot be
    written, whatever spans they are in), and what rows are to say of where they are from. They are for copies, too, in
    which line ends are not those of the input: rows are written as they stand there.
    """
    config = opening.config
    return (
        opening.may_be_unsettled
        and given is None
        and config.output_parquet is None
        and config.on_bad_row == OnBadRow.STRICT
        and not config.add_source
        and config.is_written_row_by_row
        and not any(any(file.declared) or any(file.proven) or not file.line_ends.as_usual for file in files)
        and any(file.size > file.data_start for file in files)
    )


def declared_types(config: JobConfig, names: Sequence[str]) -> tuple[CellType | None, ...]:
    """What `--types` says of columns; None: nothing.

    Raises:
        ConfigError: it names a column that is not there, or a type that does not exist.
    """
    from etl_batch.formats.csv.given_types import types_of_columns

    return tuple(kind.cell if kind else None for kind in types_of_columns(config.types, names))


def _measured(names: Sequence[str], config: JobConfig) -> list[int]:
    """The columns that are to be added up, if the strata are there."""
    if config.strata_column not in names:
        return []
    return [names.index(name) for name in config.measure_columns if name in names]


def _measures(
    names: Sequence[str], types: Sequence[CellType], measured: Sequence[int], pieces: Sequence[Sequence[Checked]]
) -> Iterator[tuple[str, CellType]]:
    """Those of the columns that hold numbers only, and how these are read: by their type, else by their looks."""
    every = [piece.classes for found in pieces for piece in found]
    for column in measured:
        seen = int(np.bitwise_or.reduce([classes[column] for classes in every])) if every else 0
        kind = types[column]
        if kind.reading in NUMBERS:
            yield names[column], kind
        elif kind is TEXT and (found := number_type(seen)):
            yield names[column], found


def _marks(known: Sequence[CellType | None], pieces: Sequence[Sequence[Checked]]) -> Iterator[bool]:
    """Which columns hold numbers that may have a decimal mark: by their types; without one, by all their cells."""
    every = [piece.classes for found in pieces for piece in found]
    seen = np.bitwise_or.reduce(every).tolist() if every else [0] * len(known)
    for kind, looks in zip(known, seen, strict=True):
        yield number_type(looks) is not None if kind is None else kind.reading in {Reading.FLOAT, Reading.DECIMAL}


def _along(measures: Sequence[tuple[str, CellType]], config: JobConfig) -> tuple[str, ...]:
    """The columns that the sample wants, where nothing else reads them: for a Parquet all columns are read."""
    if not measures or config.output_parquet is not None:
        return ()
    return (config.strata_column, *(name for name, _ in measures))


def _counted(progress: Progress | None, total: int) -> Callable[[int, int], None]:
    """Adds up the bytes and the rows of each piece, and reports them."""
    done = [0, 0]

    def checked(piece_bytes: int, rows: int) -> None:
        done[0] += piece_bytes
        done[1] += rows
        if progress is not None:
            progress(ProgressReport("check", min(done[0], total), total, done[1]))

    return checked
