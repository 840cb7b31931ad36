"""The form with every option of a job but those that say how inputs are read: these show at once what they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st

from etl_batch.jobs.run_description import MOST_NAME_CHARACTERS
from etl_batch.launch.options import GROUPS, INPUTS, Option, Values, job_options, reading_options, values_of
from etl_batch.options.input_reading import InputFormat
from etl_batch.text.flag import Kind
from etl_batch.ui.input_picker import CHOSEN, forget_missing
from etl_batch.ui.option_fields import blank, key_of, show_group

_IN_SIGHT = ("output_csv", "output_parquet", "workers", "sample_frac")  #: what most jobs set
_OF_SEVERAL = ("columns",)  #: what comes into sight where several inputs are chosen
RUN_NAME = "etl_run_name"  #: session key
FORMAT = "format"  #: the list of inputs follows it, too
_ICONS = {"Outputs": ":material/output:", "Inputs": ":material/input:", "Totals": ":material/functions:"}


class Pressed(StrEnum):
    """What the user asked for."""

    CHECK = "check"
    LAUNCH = "launch"


def show_format() -> None:
    """Show what the inputs are to be read as."""
    show_group([option for option in job_options() if option.name == FORMAT], {})


def entered_format() -> InputFormat:
    """What `show_format` holds; before it is shown, what it is filled with."""
    return InputFormat(st.session_state.get(key_of(FORMAT)) or InputFormat.AUTO)


def show_options_form(default_output: str, inputs: int, say_more: Callable[[], None]) -> Pressed | None:
    """Show the form; what is entered is then in `entered_values`.

    Args:
        default_output: where the CSV goes if no output is named.
        inputs: files that are chosen.
        say_more: shows what should be known of the outputs, beneath them.
    """
    elsewhere = {INPUTS, *(option.name for option in reading_options())}
    options = [option for option in job_options() if option.name not in elsewhere]
    found = {"output_csv": default_output}
    in_sight = (*_IN_SIGHT, *(_OF_SEVERAL if inputs > 1 else ()))
    with st.form("etl_options", border=False, enter_to_submit=False):
        show_group([option for option in options if option.name in in_sight], found)
        say_more()
        for group in GROUPS:
            rest = [option for option in options if option.group == group and option.name not in in_sight]
            if rest:
                with st.expander(f"{group}: {names_of(rest)}", icon=_ICONS.get(group, ":material/speed:")):
                    show_group(rest, found)
        st.text_input(
            "Name of the run", key=RUN_NAME, max_chars=MOST_NAME_CHARACTERS,
            help="Lists and the page of the run show it; it can be changed there, and a note added.",
        )  # fmt: skip
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
        option.name: st.session_state.get(key_of(option.name), False if option.kind is Kind.SWITCH else "")
        for option in job_options()
    }
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    values[INPUTS] = tuple(st.session_state.get(CHOSEN, ()))
    return values


def prefill(config: Mapping[str, Any], home: Path) -> None:
    """Fill the form with the options of a job, before it is shown."""
    forget_missing()
    values: Values = values_of(config, home)
    for option in job_options():
        key = CHOSEN if option.name == INPUTS else key_of(option.name)
        value = values[option.name]
        st.session_state[key] = list(value) if isinstance(value, tuple) else value or blank(option)


def names_of(options: list[Option]) -> str:
    """The labels of some options in a line."""
    labels = [option.label for option in options]
    return ", ".join(text if text.isupper() else text[:1].lower() + text[1:] for text in labels)
