"""One field for each option of a job, wherever on the page; labels, help and defaults are the command line's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from etl_batch.config import usable_cpus
from etl_batch.launch.options import Option
from etl_batch.light_dataclass import dataclass
from etl_batch.text.flag import Kind
from etl_batch.text.shown_text import shown
from etl_batch.ui.foreign_text import as_code, plain

_PLACEHOLDERS = {
    "output_parquet": "output/data.parquet, or output/parts/",
    "workers": str(usable_cpus()),
    "delimiter": ",",
}
_COLUMNS = 2
TAKEN = "etl_preset_taken"  #: session key: by the name of the option, what a saved reading set; see `Taken`


@dataclass(frozen=True, slots=True)
class Taken:
    """What a saved reading set a field to."""

    preset: str  #: its name
    value: Any
    before: Any  #: what stood there


def taken() -> Mapping[str, Taken]:
    """What saved readings set, by the name of the option."""
    found: Mapping[str, Taken] = st.session_state.get(TAKEN, {})
    return found


def still_taken() -> dict[str, Taken]:
    """The same, where nobody has changed it since."""
    return {name: one for name, one in taken().items() if st.session_state.get(key_of(name)) == one.value}


def key_of(name: str) -> str:
    """Session key of an option's field."""
    return f"etl_option_{name}"


def blank(option: Option) -> str | bool | list[str]:
    """What a field holds where nothing is said."""
    if option.kind is Kind.SWITCH:
        return False
    if option.kind is Kind.LIST:
        return []
    return option.default if option.kind is Kind.CHOICE else ""


def show_group(options: Sequence[Option], found: Mapping[str, str], columns: int = _COLUMNS) -> None:
    """Show fields side by side.

    Args:
        options: in their order.
        found: by the name of an option, what holds where its field is empty, as far as it is known.
        columns: so many beside each other.
    """
    for first in range(0, len(options), columns):  # row by row: so they stand where screens are narrow, too
        for column, option in zip(st.columns(columns), options[first : first + columns], strict=False):
            with column:
                _show_option(option, found)


def _show_option(option: Option, found: Mapping[str, str]) -> None:
    key, about = key_of(option.name), plain(f"{option.help}  {option.flag}", 400)
    placeholder = shown(found.get(option.name, ""), 80) or _PLACEHOLDERS.get(option.name, option.default or None)
    if option.name == "output_csv":  # named after the inputs, unlike on the command line
        about = "A file beneath output/. Empty: as shown, named after the inputs, unless a Parquet output is given."
    if option.kind is Kind.SWITCH:
        st.checkbox(option.label, key=key, help=about)
    elif option.kind is Kind.CHOICE:
        st.session_state.setdefault(key, option.default)
        st.selectbox(option.label, option.choices, key=key, help=about)
    elif option.kind is Kind.LIST:
        st.session_state.setdefault(key, [])
        st.multiselect(option.label, st.session_state[key], key=key, help=about, accept_new_options=True,
                       placeholder=placeholder or "Type, and press Enter")  # fmt: skip
    else:
        st.text_input(option.label, key=key, help=about, placeholder=placeholder, autocomplete="off")
    if (mark := still_taken().get(option.name)) is not None:
        st.caption(f":material/bookmark: as {as_code(mark.preset)} says")
