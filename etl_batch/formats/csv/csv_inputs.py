"""The CSV inputs of a job: opened, their columns' types settled, every row checked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import ConfigError
from etl_batch.formats.csv.column_samples import is_told, looks_unlike_ours
from etl_batch.formats.csv.column_types import TEXT, CellType, almost_numbers, cell_type_of, inferred
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.files_together import (
    classes_in,
    classes_together,
    every_name,
    known_types,
    marks_of,
    refuse_conflicts,
    types_of_measures,
)
from etl_batch.formats.csv.header import Dialect, read_header
from etl_batch.formats.csv.header_width import refuse_other_width
from etl_batch.formats.csv.opened_csv import OpenedCsv, needs_copy, with_copies
from etl_batch.formats.csv.read_as import readings_of
from etl_batch.formats.csv.type_advice import advised_type
from etl_batch.formats.csv.unsettled_csv import UnsettledCsv, looks_of, number_types
from etl_batch.formats.format import MAX_SPAN_BYTES, Source
from etl_batch.formats.opening import Opening
from etl_batch.formats.unchanged import identity_of, open_read
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place
from etl_batch.values import Progress, ProgressReport

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.csv.csv_input import CsvInput
    from etl_batch.formats.csv.pieces import Checked


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
            if not needs_copy(opened):
                refuse_other_width(descriptor, header, header.delimiter, str(where.path))
        finally:
            os.close(descriptor)
        return opened

    def sources(self, opened: Sequence[OpenedCsv], given: pa.Schema | None) -> Sequence[Source]:
        """The CSV inputs as sources: their rows are checked now, or in the pass that converts them.

        Args:
            opened: the CSV inputs.
            given: the types of the columns where other inputs of the job have them; None: there are no others.

        Raises:
            Refused: a row is broken, or the types do not fit.
        """
        measured = _measured(every_name(opened), given, self.config)
        may_be = given is None and any(map(needs_copy, opened))
        files = self._on_the_way(self._files(opened, given, measured), opened) if may_be else None
        if files is None or not files[0].copy:
            opened = with_copies(opened, self.config, self.opening.copies)
            copied = self._files(opened, given, measured)
            files = self._meant(copied, given) if files is None else copied  # else cells mean what they show
        unsettled = is_one_pass(self.opening, files, given) and self._unsettled(opened, files)
        read = unsettled or self._check(opened, files, measured)
        self.opening.readings.update(readings_of(opened, read, self.config))
        return read

    def _on_the_way(self, files: list[CsvFile], opened: Sequence[OpenedCsv]) -> list[CsvFile] | None:
        """The inputs as they are read where they are decoded on the way (see `decoded_rows`); None: they cannot be."""
        from etl_batch.formats.csv.decoded_rows import NotPlain, decoded_on_the_way

        with contextlib.suppress(NotPlain):
            return self._meant(decoded_on_the_way(files, opened, self.config), None)
        return None

    def _meant(self, files: list[CsvFile], given: pa.Schema | None) -> list[CsvFile]:
        """The same, with copies in which cells stand as what they mean, where they do not so in the files."""
        if not is_told(self.config) and not any(map(looks_unlike_ours, files)):
            return files
        from etl_batch.formats.csv.meanings import with_meanings

        infers = self.config.output_parquet is not None and given is None
        meant = with_meanings(files, self.config, infers=infers, run=self.opening.run, tell=self.opening.tell)
        if meant is None:
            return files
        self.opening.copies.enter_context(meant.copies)
        return [
            replace(
                file,
                declared=tuple(meant.exact[name] or kind for name, kind in zip(file.names, file.declared, strict=True)),
                proven=tuple(meant.proven[name] for name in file.names),
            )
            for file in meant.files
        ]

    def _unsettled(self, opened: Sequence[OpenedCsv], files: Sequence[CsvFile]) -> list[UnsettledCsv]:
        """The inputs as they are before any row is checked; none, where a measure does not look like numbers."""
        looks = looks_of(files, self.opening.run)
        types = number_types(files[0], looks.classes)
        measures = tuple((name, kind) for name, kind in types.items() if kind is not None)
        if len(measures) < len(types):
            return []
        along = _along(measures, files[0].names, self.config)
        return [
            UnsettledCsv(one.ordinal, file, measures, looks.classes, one.header.ended_by == b"\r\n", *rows, along)
            for one, file, rows in zip(opened, files, looks.rows, strict=True)
        ]

    def _files(self, opened: Sequence[OpenedCsv], given: pa.Schema | None, measured: Sequence[str]) -> list[CsvFile]:
        names = every_name(opened)
        typed = dict(zip(names, self._declared(names, given), strict=True))
        measures = [name for name in measured if not typed[name]]
        return [
            CsvFile(
                file.place,
                file.identity,
                ord(file.header.delimiter),
                file.names,
                file.header.data_start,
                declared := tuple(typed[name] for name in file.names),
                classify=(self.config.settles_types or self._is_marked) and not all(declared),
                measured=tuple(file.names.index(name) for name in measures if name in file.names),
                copy=file.copy,
            )
            for file in opened
        ]

    def _check(self, opened: Sequence[OpenedCsv], files: Sequence[CsvFile], measured: Sequence[str]) -> list[CsvInput]:
        """Check every row of every CSV.

        Raises:
            Refused: a row is broken, or the types do not fit.
        """
        from etl_batch.formats.csv.csv_input import CsvInput
        from etl_batch.formats.csv.prescan import Prescan

        quarantine = self.config.on_bad_row == OnBadRow.QUARANTINE
        piece_bytes = min(self.config.chunk_bytes, MAX_SPAN_BYTES)
        counted = _counted(self.opening.progress, sum(file.identity.size - file.header.data_start for file in opened))
        pieces = Prescan(self.opening.run, piece_bytes, quarantine, counted)(files)
        for file, found in zip(opened, pieces, strict=True):
            self._tell_of_mixed_ends(file, found)
        together = classes_together(classes_in(file, found) for file, found in zip(files, pieces, strict=True))
        known = known_types(files)
        is_typed = self.config.settles_types and any(file.classify for file in files)
        types = self._types(files, pieces, known) if is_typed else {name: known.get(name, TEXT) for name in together}
        measures = dict(types_of_measures(measured, types, together))
        marks = dict(marks_of(known, together)) if self._is_marked else {}
        return [
            CsvInput(
                opened_csv.ordinal,
                file,
                tuple(found),
                tuple(types[name] for name in file.names),
                its := tuple((name, kind) for name, kind in measures.items() if name in file.names),
                _along(its, file.names, self.config),
                tuple(marks[name] for name in file.names) if marks else (),
                is_typed,
            )
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
            types = {field.name: cell_type_of(field.type, field.name) for field in given if field.name in names}
            return tuple(types.get(name) for name in names)
        return declared_types(self.config, names)

    def _types(
        self, files: Sequence[CsvFile], pieces: Sequence[Sequence[Checked]], known: Mapping[str, CellType]
    ) -> dict[str, CellType]:
        """The type of each column: the one that is known, else what all cells look like."""
        seen = [classes_in(file, found) for file, found in zip(files, pieces, strict=True)]
        together = classes_together(seen)
        names, classes = tuple(together), list(together.values())
        types = {**dict(zip(names, inferred(classes), strict=True)), **known}
        if len({file.names for file in files}) > 1:
            refuse_conflicts(files, seen, types)
        if self.config.output_parquet is not None:
            self._tell_of_almost_numbers(files, pieces, almost_numbers(names, classes, known))
        return types

    def _tell_of_almost_numbers(
        self, files: Sequence[CsvFile], pieces: Sequence[Sequence[Checked]], almost: Sequence[str]
    ) -> None:
        from etl_batch.formats.csv.csv_input import first_cells

        for file, found in zip(files, pieces, strict=True):
            here = [name for name in almost if name in file.names] if found else []
            almost = [name for name in almost if name not in here]
            cells = first_cells(file, found[0], here) if here else {}
            for name in here:
                advice = advised_type(cells[name])
                self.opening.tell(
                    f"column {name!r} stays text: it holds numbers, but not all of one type and written as we would "
                    f"(5 beside 2.5, 007, +5, 1.50); --types {name}={advice.word} reads them as numbers, {advice.cost}"
                )

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
        and not config.settles_types
        and config.on_bad_row == OnBadRow.STRICT
        and not config.add_source
        and config.is_written_row_by_row
        and len({file.names for file in files}) == 1
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


def _measured(names: Sequence[str], given: pa.Schema | None, config: JobConfig) -> list[str]:
    """The columns that are to be added up, if the strata are there, be it in an input of another format."""
    known = {*names, *(given.names if given is not None else ())}
    return [name for name in config.measure_columns if name in names] if config.strata_column in known else []


def _along(measures: Sequence[tuple[str, CellType]], names: Sequence[str], config: JobConfig) -> tuple[str, ...]:
    """The columns that the sample wants, where nothing else reads them: for a Parquet all columns are read."""
    if not measures or config.output_parquet is not None:
        return ()
    return (*([config.strata_column] if config.strata_column in names else []), *(name for name, _ in measures))


def _counted(progress: Progress | None, total: int) -> Callable[[int, int], None]:
    """Adds up the bytes and the rows of each piece, and reports them."""
    done = [0, 0]

    def checked(piece_bytes: int, rows: int) -> None:
        done[0] += piece_bytes
        done[1] += rows
        if progress is not None:
            progress(ProgressReport("check", min(done[0], total), total, done[1]))

    return checked
