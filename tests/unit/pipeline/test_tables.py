"""The tables of a job: one, or one for each type of record, and behind them the rows of none."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from etl_batch.errors import ConfigError
from etl_batch.formats.of_table import OfTable
from etl_batch.pipeline.plan import plan_job
from etl_batch.pipeline.tables import names_of, plan_samples, refuse_single_files, tables_among
from tests.data_makers.golden import results
from tests.unit.pipeline.test_plan import JOB, Input


@dataclass
class Typed(Input, OfTable):
    """A source of one of several tables."""

    table: str | None = None
    records: int = 9
    names: tuple[str, ...] = field(default=("product", "quantity", "value"))


def typed(*tables: str | None, **more: object) -> tuple[Typed, ...]:
    return tuple(Typed(number, table=table, **more) for number, table in enumerate(tables))  # type: ignore[arg-type]


def test_sources_of_no_table_are_one() -> None:
    (table,) = tables_among((Input(0), Input(1)))  # type: ignore[arg-type]
    assert (len(table.sources), table.name, table.has_outputs) == (2, None, True)


def test_sources_side_by_side_are_a_table_and_those_of_none_have_no_outputs() -> None:
    found = tables_among(typed("A", "A", "B", None, None))  # type: ignore[arg-type]
    assert [(len(one.sources), one.name, one.has_outputs) for one in found] == [
        (2, "A", True), (1, "B", True), (2, None, False),
    ]  # fmt: skip
    assert names_of(found) == ("A", "B")


def test_parts_and_spans_are_those_of_each_table() -> None:
    config = results.config(chunk_bytes=4, output_csv=None, output_parquet="output/out/", measures=())
    plan = plan_job(JOB, typed("A", "B", None, rows=8), config)  # type: ignore[arg-type]
    assert [(span.source, span.part) for span in plan.spans] == [
        (source, part) for source in range(3) for part in (0, 0, 1, 1)
    ]
    tables = [(one.name, len(one.parts), one.first_source) for one in plan.tables]
    assert tables == [("A", 2, 0), ("B", 2, 1), (None, 2, 2)]
    assert [span.ordinal for span in plan.spans] == list(range(12))


@pytest.mark.parametrize(("flag", "output"), [("-o", "output/x.csv.gz"), ("-p", "output/x.parquet")])
def test_one_file_for_several_tables_is_refused_with_the_folder_to_give(flag: str, output: str) -> None:
    outputs = {"output_csv": None, "output_parquet": None, {"-o": "output_csv", "-p": "output_parquet"}[flag]: output}
    tables = tables_among(typed("A", "B", None))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=rf"2 types \(A, B\), .* {flag} {output} is one file; .*: {flag} output/x/$"):
        refuse_single_files(tables, results.config(**outputs))
    refuse_single_files(tables_among((Input(),)), results.config(**outputs))  # type: ignore[arg-type]


def test_a_table_without_the_columns_is_not_sampled_and_a_job_without_any_is_refused() -> None:
    one, other = typed("A", "B")
    other.names, other.numbers = ("note",), frozenset()
    plans, notes = plan_samples(tables_among((one, other)), results.config(strata="product", measures=("value",)))  # type: ignore[arg-type]
    assert [plan is not None for plan in plans] == [True, False]
    assert notes == (notes[0],)
    assert notes[0].startswith("B: no totals were estimated: the inputs have no column 'product'")
    with pytest.raises(ConfigError, match="no column 'store'"):
        plan_samples(tables_among((one, other)), results.config(strata="store"))  # type: ignore[arg-type]
