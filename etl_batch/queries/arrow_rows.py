"""The rows of an output as Arrow has them, batch by batch: never more in memory than one row group, or one block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.errors import FormatCorrupt
from etl_batch.light_dataclass import dataclass
from etl_batch.queries.csv_header import header_names
from etl_batch.queries.table_spec import CsvCells, TableSpec, distinct_names, sql_type
from etl_batch.values import MIB

_BATCH_ROWS = 65_536
_BLOCK_BYTES = 16 * MIB  #: of a CSV; no row may be longer
Places = npt.NDArray[np.int64]  # shape (rows,): places of rows from 0, ascending


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """The rows of one table, which is open."""

    spec: TableSpec
    schema: pa.Schema

    def batches(self, columns: Sequence[str], wanted: Places | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Rows in order, each batch with the place of its first row.

        Args:
            columns: that are read.
            wanted: where rows are of no use, they need not be read; None: all are.

        Raises:
            FormatCorrupt: the file is not as its run wrote it.
        """
        found = self._of_parquet(columns, wanted) if self.spec.csv is None else self._of_csv(columns, wanted)
        try:
            yield from found
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FormatCorrupt(f"its rows cannot be read ({str(error).splitlines()[0]})", mend=_MEND) from None

    def take(self, places: Sequence[int]) -> pa.Table:
        """Some rows with all their columns, in the order of their places as they are given."""
        wanted = np.unique(np.asarray(places, dtype=np.int64))
        parts = []
        for first, batch in self.batches(self.schema.names, wanted):
            low, high = np.searchsorted(wanted, (first, first + batch.num_rows))
            if low < high:
                parts.append(batch.take(pa.array(wanted[low:high] - first)))
        table = pa.Table.from_batches(parts, self.schema)
        return table.take(pa.array(np.searchsorted(wanted, np.asarray(places, dtype=np.int64))))

    def _of_parquet(self, columns: Sequence[str], wanted: Places | None) -> Iterator[tuple[int, pa.RecordBatch]]:
        first = 0
        for path in self.spec.paths:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for group in range(file.num_row_groups):
                    rows = file.metadata.row_group(group).num_rows
                    if _has_some(wanted, first, rows):
                        yield from _placed(file.iter_batches(_BATCH_ROWS, [group], list(columns)), first)
                    first += rows

    def _of_csv(self, columns: Sequence[str], wanted: Places | None) -> Iterator[tuple[int, pa.RecordBatch]]:
        csv = self.spec.csv or CsvCells()
        first = 0
        for path in self.spec.paths:
            with ExitStack() as stack:
                stream = stack.enter_context(pa.input_stream(path, csv.packing))
                for place, batch in _placed(_csv_batches(stream, csv, self.schema, columns), first):
                    yield place, batch
                    first = place + batch.num_rows
                    if wanted is not None and (not len(wanted) or wanted[-1] < first):
                        return


_MEND = "run the job again; if it happens again, look at its Parquet output"


def opened_rows(spec: TableSpec) -> ArrowRows:
    """The rows of a table whose files are open. A CSV of which no types are told has texts alone."""
    if spec.csv is None:
        try:
            with pq.ParquetFile(spec.paths[0]) as file:
                return ArrowRows(spec, _plain_schema(file.schema_arrow))
        except (pa.ArrowException, OSError) as error:
            raise FormatCorrupt(f"it is no Parquet file that can be read ({error})", mend=_MEND) from None
    names = spec.csv.names or header_names(spec.files[0], spec.csv)
    types = spec.csv.types or (None,) * len(names)
    columns = zip(distinct_names(names), types, strict=True)
    return ArrowRows(spec, pa.schema([(name, arrow_type(word or "str")) for name, word in columns]))


def arrow_type(word: str) -> pa.DataType:
    """What a column is of a type of `--types`."""
    kind = sql_type(word) or "VARCHAR"
    if kind.startswith("DECIMAL"):
        return pa.decimal128(*map(int, kind[len("DECIMAL(") : -1].split(",")))
    if kind.startswith("TIMESTAMP"):
        return pa.timestamp("ns" if kind == "TIMESTAMP_NS" else "us", None if word.startswith("local") else "UTC")
    return _PLAIN[kind]


_PLAIN = {
    "TINYINT": pa.int8(), "SMALLINT": pa.int16(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "UTINYINT": pa.uint8(),
    "USMALLINT": pa.uint16(), "UINTEGER": pa.uint32(), "UBIGINT": pa.uint64(), "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "VARCHAR": pa.string(), "BLOB": pa.binary(), "DATE": pa.date32(),
}  # fmt: skip


def _has_some(wanted: Places | None, first: int, rows: int) -> bool:
    return wanted is None or bool(np.diff(np.searchsorted(wanted, (first, first + rows)))[0])


def _placed(batches: Iterator[pa.RecordBatch], first: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    for batch in batches:
        yield first, _plain_batch(batch)
        first += batch.num_rows


def _plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch without dictionaries."""
    columns = [one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=_plain_schema(batch.schema))


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        [(one.name, one.type.value_type if pa.types.is_dictionary(one.type) else one.type) for one in schema]
    )


def _csv_batches(
    stream: pa.NativeFile, csv: CsvCells, schema: pa.Schema, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    places = [schema.get_field_index(name) for name in columns]
    names = [f"c{place}" for place in range(len(schema))]
    types = {name: _cell_type(field.type) for name, field in zip(names, schema, strict=True)}
    reader = pc_csv.open_csv(
        stream,
        pc_csv.ReadOptions(
            block_size=_BLOCK_BYTES, column_names=names, skip_rows_after_names=1, encoding=csv.encoding,
            use_threads=False,
        ),
        pc_csv.ParseOptions(delimiter=csv.delimiter, newlines_in_values=True, ignore_empty_lines=False),
        pc_csv.ConvertOptions(
            column_types=types, include_columns=[names[place] for place in places], null_values=[""],
            true_values=["true"], false_values=["false"], strings_can_be_null=True, quoted_strings_can_be_null=False,
            decimal_point=csv.decimal,
        ),
    )  # fmt: skip
    shown = pa.schema([schema.field(place) for place in places])
    with reader:
        for batch in reader:
            cells = map(_meant, batch.columns, shown.types, [csv] * len(shown))
            yield pa.RecordBatch.from_arrays(list(cells), schema=shown)


def _cell_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_binary(kind) else kind


def _meant(column: pa.Array, kind: pa.DataType, csv: CsvCells) -> pa.Array:
    """Bytes of their digits; texts without the apostrophes that keep spreadsheets from running them."""
    if pa.types.is_binary(kind):
        return pa.array([None if one is None else bytes.fromhex(one) for one in column.to_pylist()], kind)
    if not (csv.escaped and pa.types.is_string(kind)):
        return column
    may = pc.fill_null(pc.match_substring(column, "'"), fill_value=False)
    cells = column.filter(may).to_pylist()
    if not cells:
        return column
    return pc.replace_with_mask(column, may, pa.array([unescape_csv_injection(one, csv.delimiter) for one in cells]))
