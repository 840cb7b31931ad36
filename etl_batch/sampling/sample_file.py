"""The sample and the totals of blocks as Parquet files: equal samples give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_text import number_of
from etl_batch.estimate.stratum_names import Hashes
from etl_batch.formats.arrow.plain_arrays import different_values, flags, numbers, repeated_texts, taken
from etl_batch.formats.format import RowStore
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.draw import Draw
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.sample_state import SampleState
from etl_batch.sampling.strata_totals import StrataTotals

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 1
_PLACE_BITS = 48  #: of a candidate's place among all of its input; an input's number has what is left of 63
_PLACES = {
    "block": "block", "source": "input", "csv_offset": "csv_offset", "csv_bytes": "csv_bytes",
    "parquet_part": "parquet_part", "row_group": "parquet_row_group", "csv_part": "csv_part",
}  # fmt: skip
_OF_FOLDERS = {"csv_part"}  #: columns that are there where the CSV is a folder of parts
_LOOKED_AT = 1000  #: rows, to tell whether values come again
SAMPLE_KEY, TOTALS_KEY = b"etl_batch.sample", b"etl_batch.totals"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a block comes from, and where it went: None where there is no such output, or no row."""

    block: int  #: ordinal of its span
    source: int  #: which input
    csv_offset: int | None
    csv_bytes: int | None
    parquet_part: int | None
    row_group: int | None  #: of that part, from 0
    csv_part: int | None = None  #: of a folder of CSV parts


@dataclass(frozen=True, slots=True)
class Block:
    """A span, where its rows went, and what they add up to."""

    where: Where
    keys: Hashes  #: shape (strata,): of those that have rows here
    rows: npt.NDArray[np.int64]  #: shape (strata,)
    sums: npt.NDArray[np.float64]  #: shape (measures, strata): exact, rounded once; NaN: a value was not finite
    most: npt.NDArray[np.float64]  #: shape (measures, strata): the largest value; -inf: there is none


def sample_file(
    state: SampleState, stores: Sequence[RowStore], drawn: Draw, totals: StrataTotals, confidence: float
) -> bytes:
    """The sampled rows with all their columns, their weights, and what is known of the population.

    The stores have the rows of all candidates, and then only those of the sample.

    Columns of ours: `_stratum`; `_weight`, rows of the population that a sampled row stands for, null where it was not
    drawn; `_in_sample`; `_top_<measure>`, taken for certain; `_order`, the priority; `_row`, its id; `_input`, from 0.
    """
    table = _rows(state, stores, drawn)
    weights = totals.rows / np.maximum(drawn.drawn, 1)
    candidates = state.candidates.taken(drawn.order)
    ours = {
        "_stratum": repeated_texts(totals.texts(), drawn.stratum),
        "_weight": numbers(weights[drawn.stratum], ~drawn.in_sample),
        "_in_sample": flags(drawn.in_sample),
        **{f"_top_{name}": flags(places) for name, places in zip(state.plan.measures, drawn.certain, strict=True)},
        "_order": numbers(candidates.priority),
        "_row": numbers(candidates.row),
        "_input": numbers(candidates.source.astype(np.int32)),
    }
    for name, array in ours.items():
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, array)
    about = _about(state.plan, totals, drawn, confidence)
    return _encoded(table.replace_schema_metadata({SAMPLE_KEY: json.dumps(about, allow_nan=False)}))


def _rows(state: SampleState, stores: Sequence[RowStore], drawn: Draw) -> pa.Table:
    """The rows themselves, in the order of the draw."""
    import pyarrow as pa

    source, places = state.candidates.source[drawn.order], state.places[drawn.order]
    as_they_came = np.argsort((source << _PLACE_BITS) | places)  # input by input
    source, places = source[as_they_came], places[as_they_came]
    for number, store in enumerate(stores):
        start, stop = np.searchsorted(source, (number, number + 1))
        store.keep(places[start:stop])
    for store in stores:
        store.settle(stores)
    table = pa.concat_tables([store.table() for store in stores]).combine_chunks()
    order = np.empty(len(source), dtype=np.int64)
    order[as_they_came] = np.arange(len(source))
    return taken(table, order)


def _about(plan: SamplePlan, totals: StrataTotals, drawn: Draw, confidence: float) -> dict[str, object]:
    names = totals.texts()
    listed = drawn.listed.tolist()
    rows = totals.rows.tolist()
    exact = [[None if text is None else number_of(text) for text in sums.texts()] for sums in totals.sums]
    texts = {
        measure: dict(zip(names, sums.texts(), strict=True))
        for measure, sums in zip(plan.measures, totals.sums, strict=True)
        if sums.unit.tens < 0
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": plan.seed,
        "strata": plan.strata,
        "measures": list(plan.measures),
        "confidence": confidence,
        "rows": int(totals.rows.sum()),
        "populations": {names[place]: rows[place] for place in listed},
        "totals": {
            measure: {names[place]: its[place] for place in listed}
            for measure, its in zip(plan.measures, exact, strict=True)
        },
        "whole": {measure: sums.text() for measure, sums in zip(plan.measures, totals.sums, strict=True)},
        "texts": texts,
    }


def totals_file(plan: SamplePlan, totals: StrataTotals, blocks: Sequence[Block]) -> bytes:
    """One row for each block and stratum: how many rows, their exact sums rounded once, their largest values."""
    import pyarrow as pa

    repeats = np.array([len(block.keys) for block in blocks], dtype=np.int64)
    strata = [np.empty(0, np.int64), *(totals.places_of(block.keys) for block in blocks)]

    def repeated(values: list[int | None]) -> pa.Array:
        there = np.array([0 if value is None else value for value in values], dtype=np.int64)
        missing = np.array([value is None for value in values], dtype=np.bool_)
        return numbers(np.repeat(there, repeats), np.repeat(missing, repeats))

    places = {column: [getattr(block.where, name) for block in blocks] for name, column in _PLACES.items()}
    columns: dict[str, pa.Array] = {
        **{column: repeated(of) for column, of in places.items() if column not in _OF_FOLDERS or set(of) - {None}},
        "stratum": repeated_texts(totals.texts(), np.concatenate(strata)),
        "rows": numbers(np.concatenate([np.empty(0, np.int64), *(block.rows for block in blocks)])),
    }
    for number, measure in enumerate(plan.measures):
        sums = np.concatenate([np.empty(0), *(block.sums[number] for block in blocks)])
        most = np.concatenate([np.empty(0), *(block.most[number] for block in blocks)])
        columns[f"sum_{measure}"] = numbers(sums, np.isnan(sums))
        columns[f"max_{measure}"] = numbers(most, np.isneginf(most))
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns))
    about = {"schema_version": SCHEMA_VERSION, "strata": plan.strata, "measures": list(plan.measures)}
    return _encoded(table.replace_schema_metadata({TOTALS_KEY: json.dumps(about)}))


def _encoded(table: pa.Table) -> bytes:
    import pyarrow as pa
    from pyarrow._parquet import ParquetWriter  # its public name loads every kind of storage that Arrow knows

    sink = pa.BufferOutputStream()
    writer = ParquetWriter(
        sink, table.schema, version="2.6", compression="zstd", writer_engine_version="V2",
        use_dictionary=_repetitive(table),
    )  # fmt: skip
    writer.write_table(table)
    writer.close()
    return bytes(sink.getvalue())


def _repetitive(table: pa.Table) -> list[str]:
    """The columns whose values mostly come again, by some rows all over the table: others gain nothing by a dictionary.

    It would take a third of the time to write them, and more room than they do.
    """
    some = taken(table, np.arange(0, table.num_rows, max(table.num_rows // _LOOKED_AT, 1)))
    return [name for name in some.column_names if 2 * different_values(some.column(name)) <= some.num_rows]
