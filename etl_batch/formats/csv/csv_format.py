"""CSV as a format: opening it tells its columns; its rows, and types that nobody declared, a check or the pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.formats.format import Format, Source
from etl_batch.formats.how_read import HowRead
from etl_batch.formats.opening import Opening, nothing_runs
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import FirstRows

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.csv.csv_file import CsvFile
    from etl_batch.formats.csv.opened_csv import OpenedCsv
    from etl_batch.formats.units.unit import Reader


class CsvFormat(Format["OpenedCsv"]):
    """See `Format`."""

    name = "csv"
    called = "csv"
    endings = (".csv", ".tsv")
    by_dialect = True

    def open(self, ordinal: int, where: Place, opening: Opening) -> OpenedCsv:
        """See `Format.open`."""
        from etl_batch.formats.csv.csv_inputs import CsvInputs

        return CsvInputs(opening).open(ordinal, where)

    def notes(self, opened: OpenedCsv) -> tuple[str, ...]:
        """See `Format.notes`: how its header was read."""
        return opened.header.notes

    def is_nameless(self, opened: OpenedCsv) -> bool:
        """See `Format.is_nameless`: it has no header, and nobody named them."""
        return opened.header.is_nameless

    def source(self, opened: OpenedCsv) -> None:
        """See `Format.source`: its rows have to be checked."""
        del opened

    def settle(self, opened: Sequence[OpenedCsv], given: pa.Schema | None, opening: Opening) -> Sequence[Source]:
        """See `Format.settle`: every row of every CSV is checked, if not in the pass that converts them."""
        from etl_batch.formats.csv.csv_inputs import CsvInputs

        return CsvInputs(opening).sources(opened, given)

    def first_broken(self, source: Source) -> EtlError | None:
        """See `Format.first_broken`."""
        from etl_batch.formats.csv.csv_input import CsvInput
        from etl_batch.formats.csv.problem_text import bad_row, rows_of
        from etl_batch.formats.joined_source import as_it_is

        source = as_it_is(source)
        if not isinstance(source, CsvInput):
            return None
        for number, piece in enumerate(source.pieces):
            if len(piece.bad):
                return bad_row(source.file, rows_of(source.pieces[:number]), piece)
        return None

    def numbers(self, opened: OpenedCsv, config: JobConfig) -> dict[str, bool]:
        """See `Format.numbers`: all columns may be, but for those that are declared to be something else."""
        from etl_batch.formats.csv.csv_inputs import declared_types
        from etl_batch.kernels.cell_readings import Reading

        numbers = {Reading.SIGNED, Reading.UNSIGNED, Reading.FLOAT, Reading.DECIMAL, Reading.BOOL}
        declared = declared_types(config, opened.names)
        return {
            name: kind is None or kind.reading in numbers for name, kind in zip(opened.names, declared, strict=True)
        }

    @contextmanager
    def units(self, opened: OpenedCsv, config: JobConfig) -> Iterator[Reader]:
        """See `Format.units`: blocks."""
        from etl_batch.formats.csv.column_samples import is_told
        from etl_batch.formats.csv.opened_csv import with_copies
        from etl_batch.formats.csv.unit_reader import open_csv_blocks

        with ExitStack() as copies:
            (read,) = with_copies([opened], config, copies)
            file = csv_file(read, config)
            yield copies.enter_context(open_csv_blocks(as_meant(file, config, copies) if is_told(config) else file))

    def first_rows(self, where: Place, how: HowRead, rows: int) -> FirstRows:
        """See `Format.first_rows`."""
        from etl_batch.formats.csv.first_rows import csv_rows

        return csv_rows(where, how, rows)


def csv_file(opened: OpenedCsv, config: JobConfig) -> CsvFile:
    """An opened CSV, to be read without a check of all of its rows."""
    from etl_batch.formats.csv.csv_file import CsvFile
    from etl_batch.formats.csv.csv_inputs import declared_types

    return CsvFile(
        opened.place, opened.identity, ord(opened.header.delimiter), opened.names, opened.header.data_start,
        declared_types(config, opened.names), copy=opened.copy,
    )  # fmt: skip


def as_meant(file: CsvFile, config: JobConfig, copies: ExitStack) -> CsvFile:
    """A CSV whose cells are read as somebody said that they are written: it takes a copy, so all of it is read."""
    from etl_batch.formats.csv.meanings import with_meanings

    meant = with_meanings([file], config, infers=False, run=nothing_runs, tell=lambda _: None)
    if meant is None:
        return file
    copies.enter_context(meant.copies)
    kinds = zip(file.names, file.declared, strict=True)
    return replace(meant.files[0], declared=tuple(meant.exact[name] or kind for name, kind in kinds))
