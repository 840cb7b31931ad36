"""The totals of a run, exact and estimated, as a tab of its page."""

from __future__ import annotations

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.report.estimate_view import Held
from etl_batch.report.verdict import held_total
from etl_batch.text.plain_values import value_of
from etl_batch.ui.foreign_text import in_table, plain
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from etl_batch.values import TotalEstimate
from pages.views.estimate_values import strata_table

_MOST_MEASURES = 20
_HELD = {
    Held.YES: "within the interval",
    Held.NO: "outside, as some are by design",
    Held.COUNTED: "every row was counted",
    Held.UNKNOWN: "",
}
_COLUMNS = (
    Column(name="measure", title="Measure"),
    Column(name="exact", title="Exact total", help="Counted over every row, to the last digit."),
    Column(name="total", title="From the sample", kind="number"),
    Column(name="ci_low", title="Low", kind="number", help="The interval of the estimate."),
    Column(name="ci_high", title="High", kind="number"),
    Column(name="held", title="The exact total lies"),
    Column(name="sampled", title="Rows sampled", kind="count"),
    Column(name="rows", title="Rows", kind="count"),
)


def has_totals(job: JobView) -> bool:
    """Whether something was added up."""
    return bool((job.metadata or {}).get("estimates"))


def show_totals(_: PageContext, job: JobView) -> None:
    """Show each total, and the strata of the one that is chosen."""
    totals = _totals(job)
    table = Table(_COLUMNS, [_row(estimate) for estimate in totals])
    show_table(table, key="run_totals", alt="The totals of the run", file_name="totals")
    for text in dict.fromkeys(text for estimate in totals for text in estimate.warnings):
        st.caption(plain(on_page(text), 400))
    with_strata = [estimate for estimate in totals if estimate.strata][:_MOST_MEASURES]
    if not with_strata:
        return
    st.subheader("By stratum", anchor=False)
    names = [in_table(estimate.measure, 60) for estimate in with_strata]
    at = st.selectbox("Measure", range(len(names)), format_func=lambda place: names[place], key="run_totals_measure")
    strata = strata_table(with_strata[at])
    show_table(strata, key="run_totals_strata", alt="All strata of the measure", file_name="strata")


def _totals(job: JobView) -> tuple[TotalEstimate, ...]:
    return tuple(value_of(TotalEstimate, estimate) for estimate in (job.metadata or {}).get("estimates", ()))


def _row(estimate: TotalEstimate) -> dict[str, Cell]:
    exact = estimate.exact_total_text or estimate.exact_total
    return {
        "measure": estimate.measure,
        "exact": None if exact is None else str(exact),
        "total": estimate.total,
        "ci_low": estimate.ci_low,
        "ci_high": estimate.ci_high,
        "held": _HELD[held_total(estimate)],
        "sampled": estimate.rows_sampled,
        "rows": estimate.rows_population,
    }
