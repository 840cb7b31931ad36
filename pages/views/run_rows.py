"""Rows of a run's output, looked at: filtered, in an order, counted, page by page. The address says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from etl_batch.errors import QueryInvalid
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.row_look import (
    MOST_CONDITIONS,
    MOST_SORTED_PAGES,
    PAGE_ROWS,
    Condition,
    Kind,
    Operator,
    RowLook,
    as_link,
    look_of,
    operators_of,
)
from etl_batch.queries.sql_limits import MOST_ROWS
from etl_batch.text.number_text import counted
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import in_table, plain
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.looked_rows import LookedRows
from pages.views.answer_downloads import show_answer_downloads

WORDS = {
    Operator.EQUAL: "is", Operator.UNEQUAL: "is not", Operator.LESS: "is less than", Operator.AT_MOST: "is at most",
    Operator.MORE: "is more than", Operator.AT_LEAST: "is at least", Operator.CONTAINS: "contains",
    Operator.BEGINS: "begins with", Operator.EMPTY: "is empty", Operator.THERE: "is not empty",
}  # fmt: skip
_PARAMETERS = ("where", "sort", "count", "page")
_NONE = ""
_PAGE, _COLUMN, _OPERATOR, _VALUE = "rows_page", "rows_column", "rows_operator", "rows_value"
_SORT, _DOWN, _COUNT = "rows_sort", "rows_down", "rows_count"
_MOST_CHOICES = 500  #: columns to choose from
Ask = Callable[[RowLook], LookedRows]
Take = Callable[[RowLook, AnswerForm], bytes]


def look_here() -> RowLook:
    """The look that the address asks for."""
    return look_of({name: st.query_params.get_all(name) for name in _PARAMETERS})


def forget_look() -> None:
    """Begin anew, for another output has other columns."""
    _to_address(RowLook())


def show_rows(ask: Ask, take: Take | None, name: str) -> LookedRows:
    """Show the controls, the rows, the counts and the downloads.

    Args:
        ask: gives the rows of a look.
        take: gives them as a file; None: whoever looks may not take them away.
        name: of the files.

    Returns:
        What is shown.

    Raises:
        EtlError: nothing can be shown.
    """
    look = look_here()
    try:
        found = ask(look)
    except QueryInvalid as error:
        # A value that was mistyped must not take the controls away that mend it.
        show_error(error)
        st.button("Look at all rows", on_click=forget_look, key="rows_all", icon=":material/filter_alt_off:")
        found, look = ask(RowLook()), RowLook(conditions=look.conditions, sort="", page=1)
        _show_controls(look, found)
        return found
    _show_controls(look, found)
    _show_page(look, found)
    if take is not None and found.matched:
        _show_downloads(look, found, take, name)
    if found.counts is not None:
        _show_counts(look, found, file_name=None if take is None else "counts")
    return found


def _show_controls(look: RowLook, found: LookedRows) -> None:
    columns = [column for column, _ in found.columns[:_MOST_CHOICES]]
    kinds = dict(found.columns)
    with st.expander("Filter, sort, count", icon=":material/filter_alt:", expanded=not look.is_plain):
        _show_conditions(look)
        _show_adding(look, columns, kinds)
        ordered = [_NONE, *(one for one in columns if kinds[one] is not Kind.OTHER)]
        st.session_state[_SORT] = look.sort if look.sort in ordered else _NONE
        st.session_state[_DOWN] = look.descending
        st.session_state[_COUNT] = look.counted if look.counted in ordered else _NONE
        first, second, third = st.columns((4, 2, 4), vertical_alignment="bottom")
        first.selectbox("Sort by", ordered, format_func=_named("As in the file"), key=_SORT, on_change=_set_order)
        second.toggle("Greatest first", key=_DOWN, on_change=_set_order, disabled=not look.sort)
        third.selectbox("Count the values of", ordered, format_func=_named("Nothing"), key=_COUNT, on_change=_set_order)


def _show_conditions(look: RowLook) -> None:
    if not look.conditions:
        return
    with st.container(horizontal=True):
        for place, condition in enumerate(look.conditions):
            st.button(
                plain(in_words(condition), 80), on_click=_remove, args=(place,), key=f"rows_remove_{place}",
                icon=":material/close:", help="Take this condition away.",
            )  # fmt: skip


def _show_adding(look: RowLook, columns: list[str], kinds: dict[str, Kind]) -> None:
    if len(look.conditions) >= MOST_CONDITIONS or not columns:
        return
    first, second, third, fourth = st.columns((4, 3, 4, 2), vertical_alignment="bottom")
    column = first.selectbox("Column", columns, format_func=_named(), key=_COLUMN)
    kind = kinds.get(column, Kind.OTHER)
    operator = second.selectbox(
        "Comparison", operators_of(kind), format_func=WORDS.__getitem__, key=f"{_OPERATOR}_{kind}",
        help="An empty cell fulfils no comparison with a value.",
    )  # fmt: skip
    key = f"{_VALUE}_{kind}"
    if operator.takes_value and kind is Kind.BOOL:
        third.selectbox("Value", ["true", "false"], key=key)
    else:
        third.text_input("Value", key=key, placeholder=_EXAMPLES.get(kind, ""), disabled=not operator.takes_value)
    fourth.button("Add", on_click=_add, args=(column, operator, key), key="rows_add", icon=":material/add:")


_EXAMPLES = {
    Kind.WHOLE: "12", Kind.DECIMAL: "12.50", Kind.FLOAT: "12.5", Kind.DATE: "2024-05-31", Kind.TIME: "2024-05-31 14:30"
}  # fmt: skip


def in_words(condition: Condition) -> str:
    """A condition as a user reads it."""
    value = f" {condition.value}" if condition.operator.takes_value else ""
    return f"{condition.column} {WORDS[condition.operator]}{value}"


def _named(none: str = "") -> Callable[[str], str]:
    return lambda name: in_table(name, 60) if name else none


def _add(column: str, operator: Operator, key: str) -> None:
    look, value = look_here(), str(st.session_state.get(key, ""))
    added = Condition(column, operator, value if operator.takes_value else "")
    _to_address(replace(look, conditions=(*look.conditions, added), page=1))


def _remove(place: int) -> None:
    look = look_here()
    _to_address(replace(look, conditions=look.conditions[:place] + look.conditions[place + 1 :], page=1))


def _set_order() -> None:
    sort = st.session_state[_SORT]
    counted_column = st.session_state[_COUNT]
    is_down = bool(sort) and st.session_state[_DOWN]
    _to_address(replace(look_here(), sort=sort, descending=is_down, counted=counted_column, page=1))


def _turn() -> None:
    _to_address(replace(look_here(), page=st.session_state[_PAGE]))


def _to_address(look: RowLook) -> None:
    link = as_link(look)
    if look.page == 1:
        st.session_state.pop(_PAGE, None)  # so that it begins at the page of the address
    for name in _PARAMETERS:
        if name in link:
            st.query_params[name] = link[name]
        elif name in st.query_params:
            del st.query_params[name]


def _show_page(look: RowLook, found: LookedRows) -> None:
    names = [name for name, _ in found.columns]
    columns = tuple(Column(name=str(number), title=name) for number, name in enumerate(names))
    rows: list[dict[str, Cell]] = [{str(place): cell for place, cell in enumerate(row)} for row in found.rows]
    if not found.matched:
        st.caption("No row is like this." if look.conditions else "It has its columns, and no row.")
    show_table(Table(columns, rows), key="run_first_rows", alt="Rows of the output")
    if rows:
        last = look.first_row + len(rows)
        of = counted(found.matched, "row")
        st.caption(
            f"Rows {look.first_row + 1:,} to {last:,} of {of}{' that are like this' if look.conditions else ''}."
        )
    pages = -(-found.matched // PAGE_ROWS)
    if look.sort and pages > MOST_SORTED_PAGES:
        pages = MOST_SORTED_PAGES
        st.caption(
            f"Truncated: in an order the first {pages * PAGE_ROWS:,} rows can be turned through; filter for others."
        )
    if pages > 1:
        st.pagination(pages, default=min(look.page, pages), key=_PAGE, on_change=_turn)


def _show_counts(look: RowLook, found: LookedRows, *, file_name: str | None) -> None:
    counts = found.counts
    if counts is None:
        return
    columns = (
        Column(name="value", title=look.counted),
        Column(name="rows", title="Rows", kind="count"),
        Column(name="share", title="Share", kind="share"),
    )
    rows: list[dict[str, Cell]] = [
        {"value": value, "rows": number, "share": number / found.matched} for value, number in counts.first
    ]
    more = f"the {len(rows)} most frequent of {counts.values:,}" if counts.values > len(rows) else "all of them"
    st.markdown(f"**Values of {plain(look.counted, 60)}**, {more}")
    if counts.is_cut:
        st.caption(
            "Truncated: there are more different values than are told apart here, and these are of the first rows."
        )
    show_table(Table(columns, rows), key="rows_counts", alt="How often each value comes", file_name=file_name)


def _show_downloads(look: RowLook, found: LookedRows, take: Take, name: str) -> None:
    if found.matched > MOST_ROWS:
        st.caption(f"Truncated: these files hold the first {MOST_ROWS:,} rows; the download of the output has all.")
    show_answer_downloads("These rows", lambda form: take(look, form), name=f"{name}-rows", key="rows_take")
