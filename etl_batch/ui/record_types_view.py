"""Several types of records in one file: which there are, and the first records of each beside their bytes."""

from __future__ import annotations

import streamlit as st

from etl_batch.launch.questions import ShownType, ShownTypes
from etl_batch.layouts.conditions import End
from etl_batch.layouts.layout import Layout, RecordType
from etl_batch.text.number_text import counted
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.records_view import show_records

_TYPES = "etl_record_types"  #: session key: the tables that what is shown becomes; none: one


def tables_shown() -> tuple[str, ...]:
    """The tables that the records become whose layout was shown last; none: they become one."""
    return tuple(st.session_state.get(_TYPES, ()))


def say_types(layout: Layout | None) -> None:
    """Keep for the form which tables a layout makes; where that is new, the form follows at once."""
    found = () if layout is None else tuple(one.name for one in layout.records if one.end is None)
    if found != tables_shown():
        st.session_state[_TYPES] = found
        st.rerun(scope="app")


def show_types(found: ShownTypes, key: str) -> None:
    """Show the first records of each type.

    Args:
        found: what was read.
        key: of the widgets: which file it is.
    """
    tables = [one.type for one in found.types if one.type.end is None]
    st.caption(
        f"They become {counted(len(tables), 'table')}, a folder each. The first {counted(found.seen, 'record')} were "
        "looked at."
    )
    if found.unknown:
        st.warning(
            f"{counted(found.unknown, 'record')} of these are of no type, the first at byte {found.first_unknown:,}: "
            "they are bad rows.",
            icon=":material/warning:",
        )
    for one, tab in zip(found.types, st.tabs([plain(one.type.name, 40) for one in found.types]), strict=True):
        with tab:
            _show_type(one, f"{key}_{one.type.name}")


def _show_type(one: ShownType, key: str) -> None:
    st.markdown(_in_words(one.type))
    if not one.records.count:
        is_last = one.type.end is End.LAST
        st.caption(
            "The last record is not among those that were looked at."
            if is_last
            else "None of those that were looked at is of this type."
        )
        return
    show_records(one.records, one.cells, one.type.layout, key)


def _in_words(kind: RecordType) -> str:
    """What tells such records, and what becomes of them."""
    told = f"Told by {as_code(str(kind.when), 200)}"
    if kind.end is not None:
        which = "first" if kind.end is End.FIRST else "last"
        are = "is a column" if len(kind.columns) == 1 else "are columns"
        handed = f"; its {_names(kind.columns)} {are} of every table" if kind.columns else ""
        compared = "; what it says is compared with the others" if kind.reconciled is not None else ""
        return f"{told}: the {which} record, which becomes no row{handed}{compared}."
    carried = [name for one in kind.carried for name, _ in one.fields]
    above = f" beneath {as_code(kind.parent, 100)}" if kind.parent is not None else ""
    also = f"; each row has {_names(carried)} beside its own fields" if carried else ""
    return f"{told}: a row each{above}{also}."


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(as_code(name, 60) for name in names)
