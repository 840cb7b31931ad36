"""The form with every option of a job. Labels, help and defaults are the command line's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st

from etl_batch.config import usable_cpus
from etl_batch.launch.options import GROUPS, INPUTS, Option, Values, job_options, values_of
from etl_batch.options.input_reading import InputFormat
from etl_batch.text.flag import Kind
from etl_batch.text.shown_text import shown
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.input_picker import CHOSEN, forget_missing

_PREFIX = "etl_option_"
_OPEN_GROUP = GROUPS[0]
_IN_SIGHT = ("output_csv", "output_parquet", "workers", "sample_frac")  #: what most jobs set
_FORMAT = "format"  #: outside of the form: the list of inputs and the first rows follow it at once
_COLUMNS = 2
_ICONS = {"Outputs": ":material/output:", "Inputs": ":material/input:", "Totals": ":material/functions:"}
_PLACEHOLDERS = {
    "output_parquet": "output/data.parquet, or output/parts/",
    "workers": str(usable_cpus()),
    "delimiter": ",",
}


class Pressed(StrEnum):
    """What the user asked for."""

    CHECK = "check"
    LAUNCH = "launch"


def show_format() -> None:
    """Show what the inputs are to be read as."""
    _show_group([option for option in job_options() if option.name == _FORMAT], "")


def entered_format() -> InputFormat:
    """What `show_format` holds; before it is shown, what it is filled with."""
    return InputFormat(st.session_state.get(f"{_PREFIX}{_FORMAT}") or InputFormat.AUTO)


def show_options_form(default_output: str, say_more: Callable[[], None]) -> Pressed | None:
    """Show the form; what is entered is then in `entered_values`.

    Args:
        default_output: where the CSV goes if no output is named.
        say_more: shows what should be known of the outputs, beneath them.
    """
    options = [option for option in job_options() if option.name not in (INPUTS, _FORMAT)]
    with st.form("etl_options", border=False, enter_to_submit=False):
        _show_group([option for option in options if option.name in _IN_SIGHT], default_output)
        say_more()
        for group in GROUPS:
            rest = [option for option in options if option.group == group and option.name not in _IN_SIGHT]
            with st.expander(f"{group}: {_names(rest)}", icon=_ICONS.get(group, ":material/speed:")):
                _show_group(rest, default_output)
        with st.container(horizontal=True):
            check = st.form_submit_button(
                "Check first", icon=":material/fact_check:", key="etl_check_button", shortcut="Alt+K",
                help="Read and check everything, write nothing: rows, output size, free space, time, problems.",
            )  # fmt: skip
            launch = st.form_submit_button(
                "🚀 Launch ETL Pipeline", type="primary", key="etl_launch_button", shortcut="Alt+L",
                help="The job runs in a process of its own; this page may be closed.",
            )  # fmt: skip
    return Pressed.LAUNCH if launch else Pressed.CHECK if check else None


def entered_values() -> dict[str, str | bool | tuple[str, ...]]:
    """The values of all options, inputs included; options that were never shown have their defaults."""
    values: dict[str, Any] = {
        option.name: st.session_state.get(f"{_PREFIX}{option.name}", False if option.kind is Kind.SWITCH else "")
        for option in job_options()
    }
    values[INPUTS] = tuple(st.session_state.get(CHOSEN, ()))
    return values


def prefill(config: Mapping[str, Any], home: Path) -> None:
    """Fill the form with the options of a job, before it is shown."""
    forget_missing()
    values: Values = values_of(config, home)
    for option in job_options():
        key = CHOSEN if option.name == INPUTS else f"{_PREFIX}{option.name}"
        value = values[option.name]
        st.session_state[key] = list(value) if isinstance(value, tuple) else value or _blank(option)


def _blank(option: Option) -> str | bool:
    if option.kind is Kind.SWITCH:
        return False
    return option.default if option.kind is Kind.CHOICE else ""


def _show_group(options: list[Option], default_output: str) -> None:
    columns = st.columns(_COLUMNS)
    for number, option in enumerate(options):
        with columns[number % _COLUMNS]:
            _show_option(option, default_output)


def _show_option(option: Option, default_output: str) -> None:
    key, about = f"{_PREFIX}{option.name}", plain(f"{option.help}  {option.flag}", 400)
    placeholder = _PLACEHOLDERS.get(option.name, option.default or None)
    if option.name == "output_csv":  # named after the inputs, unlike on the command line
        placeholder = shown(default_output, 80)
        about = "A file beneath output/. Empty: as shown, named after the inputs, unless a Parquet output is given."
    if option.kind is Kind.SWITCH:
        st.checkbox(option.label, key=key, help=about)
    elif option.kind is Kind.CHOICE:
        st.session_state.setdefault(key, option.default)
        st.selectbox(option.label, option.choices, key=key, help=about)
    else:
        st.text_input(option.label, key=key, help=about, placeholder=placeholder, autocomplete="off")


def _names(options: list[Option]) -> str:
    labels = [option.label for option in options]
    return ", ".join(text if text.isupper() else text[:1].lower() + text[1:] for text in labels)
