"""The table `data`, made in a connection of DuckDB: of Parquet as it is, of a CSV by what its cells are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.queries import table_sql
from etl_batch.queries.csv_header import header_names
from etl_batch.queries.table_spec import CsvCells, TableSpec

_FIRST_ROWS = 2048  #: that tell which types a column cannot have


def make_data(connection: Any, spec: TableSpec) -> None:  # noqa: ANN401 - DuckDB has no types
    """Make the table.

    Raises:
        QueryInvalid: a CSV has no header.
        duckdb.Error: the files are no such table.
    """
    if spec.csv is None:
        connection.execute(table_sql.parquet_view(spec))
    else:
        _make_of_csv(connection, spec, spec.csv)


def _make_of_csv(connection: Any, spec: TableSpec, csv: CsvCells) -> None:  # noqa: ANN401
    names = csv.names or header_names(spec.files[0], csv)
    if csv.escaped:
        delimiter = csv.delimiter

        def unescaped(cell: str) -> str:
            return unescape_csv_injection(cell, delimiter)

        connection.create_function(table_sql.UNESCAPED, unescaped, ["VARCHAR"], "VARCHAR")
    connection.execute(table_sql.cells_view(spec, csv, len(names)))
    told = [table_sql.type_told(word) for word in csv.types] or [None] * len(names)
    untold = [place for place, kind in enumerate(told) if kind is None]
    by_cells = _types_by_cells(connection, csv, untold)
    types = [kind or by_cells[place] for place, kind in enumerate(told)]
    connection.execute(table_sql.data_view(csv, names, types))


def _types_by_cells(connection: Any, csv: CsvCells, untold: Sequence[int]) -> dict[int, str]:  # noqa: ANN401
    """The types that all cells of these columns have; the first rows rule most out."""
    wanted = {place: table_sql.every_look() for place in untold}
    scales: dict[int, tuple[int | None, int | None]] = {}
    for rows in (_FIRST_ROWS, None):
        wanted = {place: looks for place, looks in wanted.items() if looks}
        if not wanted:
            break
        (found,) = connection.execute(table_sql.looks_query(wanted, csv, rows)).fetchall()
        truths = iter(found)
        # Where every cell of the first rows is empty, the others decide; where all are, it is text.
        may = (True, None) if rows else (True,)
        wanted = {place: tuple(look for look in looks if next(truths) in may) for place, looks in wanted.items()}
        scales = {place: (next(truths), next(truths)) for place in wanted}
    return {place: table_sql.type_of_looks(wanted.get(place, ()), scales.get(place, (None, None))) for place in untold}
