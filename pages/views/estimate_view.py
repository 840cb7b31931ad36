"""The Estimates page: ask, and see totals with their intervals, the strata, and what to know of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from etl_batch.errors import WhereInvalid
from etl_batch.report.estimate_view import Held, held
from etl_batch.text.number_text import amount, count, counted, data_size, exact_amount, percent
from etl_batch.ui.charts import palette
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_words import on_page
from etl_batch.ui.tables import show_table
from etl_batch.values import TotalEstimate
from pages.services.estimate_question import AskedEstimate, from_link
from pages.services.live_total import LiveTotal
from pages.views.estimate_form import FormActions, choose_file, question_form, say_at
from pages.views.estimate_values import ShownAnswer, answer_of, half_width, strata_table
from pages.views.forest import deviations, totals
from pages.views.forest_plot import forest_plot
from pages.views.live_view import live_view
from pages.views.long_view import LongActions, long_answer

_HELD = {
    Held.YES: "the interval holds it",
    Held.NO: "outside of the interval, as some are by design",
    Held.COUNTED: "every row was counted",
    Held.UNKNOWN: "",
}


@dataclass(frozen=True, slots=True)
class EstimateActions:
    """Where answers come from."""

    form: FormActions
    ask: Callable[[AskedEstimate], dict[str, Any]]  #: as `estimate --json` prints
    live: Callable[[AskedEstimate, str], LiveTotal]  #: of a measure
    long: Callable[[AskedEstimate], LongActions | None]  #: what is counted in the background


def estimates_view(actions: EstimateActions) -> None:
    """Show the page; the address is the question, and so its permalink."""
    st.title("Estimates")
    st.caption("Totals from a sample, with honest intervals: classical stratified sampling, no quantum speed-up.")
    linked = from_link(st.query_params.to_dict())
    if not actions.form.files and linked is None:
        show_empty(
            "No file to ask yet",
            "Put a file into `data/`, or launch a job: its output keeps a sample that answers at once.",
            icon=":material/functions:",
        )
        return
    path = choose_file(actions.form, linked)
    complaint = st.empty()
    if path is None:
        return
    with errors_shown():
        asked = question_form(path, actions.form, linked)
        if asked is not None:
            st.query_params.from_dict(asked.as_link())
            linked = asked
    if linked is None or linked.file != path:
        st.caption("Press **Estimate** for the totals. The page's address then is a link to this very question.")
        return
    with errors_shown():
        try:
            long = actions.long(linked)
            found = actions.ask(linked) if long is None else long_answer(long)
            if found is not None:
                _answer(answer_of(found), linked, actions)
        except WhereInvalid as error:
            say_at(complaint, error)


def _answer(answer: ShownAnswer, asked: AskedEstimate, actions: EstimateActions) -> None:
    st.header("Totals", anchor=False)
    for estimate in answer.estimates:
        show_metrics(_metrics(estimate, is_exact=answer.is_exact))
    show_metrics([Metric("Rows that count", _rows(answer.rows), "How many rows fulfil the condition.")])
    _how(answer, asked)
    for measure, text in ((estimate.measure, text) for estimate in answer.estimates for text in estimate.warnings):
        st.warning(f"{plain(measure, 40)}: {plain(on_page(text), 600)}", icon=":material/warning:")
    measures = [estimate for estimate in answer.estimates if estimate.strata]
    if measures:
        st.header("By stratum", anchor=False)
        for tab, estimate in zip(
            st.tabs([plain(estimate.measure, 40) for estimate in measures]), measures, strict=True
        ):
            with tab:
                _strata(estimate)
    if not answer.is_exact and answer.source.startswith("its run's sample"):
        live_view([estimate.measure for estimate in answer.estimates], lambda measure: actions.live(asked, measure))


def _metrics(estimate: TotalEstimate, *, is_exact: bool) -> list[Metric]:
    total = exact_amount(estimate.total, estimate.exact_total_text) if is_exact else amount(estimate.total)
    metrics = [Metric(estimate.measure, total, _method(estimate), label_is_foreign=True)]
    if estimate.ci_low is not None and estimate.ci_high is not None and not is_exact:
        level = percent(estimate.confidence)
        metrics.append(Metric(f"{level} interval", f"{amount(estimate.ci_low)} to {amount(estimate.ci_high)}"))
        metrics.append(Metric("Within", f"± {percent(half_width(estimate))}", "Half the interval, of the total."))
    if estimate.exact_total is not None and not is_exact:
        verdict = held(estimate, is_census=estimate.rows_sampled >= estimate.rows_population)
        metrics.append(
            Metric("Exact", exact_amount(estimate.exact_total, estimate.exact_total_text), _HELD[verdict] or None)
        )
    return metrics


def _rows(rows: TotalEstimate) -> str:
    if rows.exact_total is not None:
        return amount(rows.total)
    if rows.ci_low is None or rows.ci_high is None:
        return f"about {amount(rows.total)}"
    return f"about {amount(rows.total)}, {amount(max(rows.ci_low, 0.0))} to {amount(rows.ci_high)}"


def _method(estimate: TotalEstimate) -> str:
    if estimate.ci_low is None or estimate.ci_high is None:
        return "No honest interval can be given; the warnings say why."
    sampled = f"{count(estimate.rows_sampled)} of {counted(estimate.rows_population, 'row')} sampled"
    return f"{plain(estimate.method, 200)}; {sampled}."


def _how(answer: ShownAnswer, asked: AskedEstimate) -> None:
    share = percent(answer.bytes_read / answer.bytes_of_file if answer.bytes_of_file else None)
    text = f"Read {counted(answer.rows_read, 'row')}, {data_size(answer.bytes_read)}, from {plain(answer.source, 200)}"
    text += f" ({share} of the file's {data_size(answer.bytes_of_file)}); {plain(answer.design, 200)}."
    if answer.design_effect is not None:
        text += f" Design effect {amount(answer.design_effect)}."
    st.caption(text)
    for note in answer.notes:
        st.caption(f"Note: {plain(on_page(note), 600)}")
    if asked.where:
        st.caption(f"Only rows where {as_code(asked.where, 200)}")
    with st.expander("A link to this estimate", icon=":material/link:"):
        st.code(f"/estimates?{urlencode(asked.as_link())}", language=None, wrap_lines=True)


def _strata(estimate: TotalEstimate) -> None:
    compared = deviations(estimate)
    kinds = ["off the exact totals", "totals"] if compared else ["totals"]
    key = f"forest_{estimate.measure}"
    kind = kinds[0]
    if len(kinds) > 1:
        kind = st.segmented_control("Shown as", kinds, default=kinds[0], key=f"{key}_kind", required=True) or kinds[0]
    is_deviation = kind == "off the exact totals"
    lines = compared if is_deviation else totals(estimate)
    if lines:
        title = "% off the exact total" if is_deviation else "total"
        st.html(forest_plot(lines, title, palette(), is_deviation=is_deviation))
    shown = min(len(lines), len(estimate.strata))
    st.caption(
        f"{counted(shown, 'line')} drawn of {counted(len(estimate.strata), 'stratum')}; the table has all of them."
    )
    show_table(strata_table(estimate), key=f"{key}_table", alt="All strata of the measure", file_name="strata")
