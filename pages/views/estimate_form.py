"""What can be asked: a file, what to add up, by which strata, of which rows, how exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from etl_batch.errors import EtlError, WhereInvalid
from etl_batch.report_parts.figures import data_size
from etl_batch.ui.errors import in_markdown
from etl_batch.ui.foreign_text import in_table
from pages.services.estimable_files import EstimableFile
from pages.services.estimate_question import AskedEstimate

_WITHIN = {"": "as exact as the sample is", "5%": "5 %", "2%": "2 %", "1%": "1 %", "0.5%": "0.5 %", "0.1%": "0.1 %"}
_CONFIDENCES = (0.8, 0.9, 0.95, 0.99)
_NO_STRATA = ""
_WHERE_HELP = (
    "Only rows that fulfil the condition count. Texts stand in single quotes, names with blanks in double quotes; "
    "there are `= != < <= > >=`, `in (...)`, `between ... and ...`, `is null`, `and`, `or`, `not`."
)


@dataclass(frozen=True, slots=True)
class FormDoors:
    """What the form has to know."""

    files: Sequence[EstimableFile]
    columns: Callable[[str], dict[str, bool]]  #: of a file: whether the values can be added up


def choose_file(doors: FormDoors, linked: AskedEstimate | None) -> str | None:
    """Draw the list of files; that of the link is chosen first.

    Returns:
        The chosen file's path, relative to the home.
    """
    about = {file.path: file for file in doors.files}
    paths = list(about)
    if linked is not None and linked.file not in about:
        paths.append(linked.file)  # beyond the list, or gone: asking will tell
    index = paths.index(linked.file) if linked is not None else 0
    return st.selectbox(
        "File", paths, index=index, format_func=lambda path: _in_list(path, about.get(path)), key="estimate_file",
        help="What lies beneath output/ and data/. For an output whose run left a sample the answer is there at once.",
    )  # fmt: skip


def _in_list(path: str, file: EstimableFile | None) -> str:
    shown = in_table(path, 80)
    if file is None:
        return shown
    return f"{shown} ({data_size(file.bytes)}{', with its sample' if file.has_sample else ''})"


def question_form(path: str, doors: FormDoors, linked: AskedEstimate | None) -> AskedEstimate | None:
    """Draw the form for a file.

    Args:
        path: of the file, relative to the home.
        doors: see there.
        linked: what the address asks, which fills the form first.

    Returns:
        What was asked, when the button was just pressed.

    Raises:
        Refused: the file's columns cannot be read.
    """
    columns = doors.columns(path)
    numbers = [name for name, is_number in columns.items() if is_number]
    given = linked if linked is not None and linked.file == path else AskedEstimate(file=path)
    with st.form(f"estimate_{path}"):
        left, right = st.columns(2)
        with left:
            measures = st.multiselect(
                "Measures", numbers, default=[name for name in given.measures if name in numbers],
                format_func=in_table, placeholder="quantity, value: as far as the file has them",
                help="The columns whose values are added up.",
            )  # fmt: skip
            where = st.text_input(
                "Condition", given.where, placeholder="product = 'SOUP' and quantity > 2", help=_WHERE_HELP,
                max_chars=4096,
            )  # fmt: skip
            complaint = st.empty()
        with right:
            strata = _strata(list(columns), given)
            within = st.selectbox(
                "Error within", list(_WITHIN), index=_at(list(_WITHIN), given.within), format_func=_WITHIN.__getitem__,
                help="Half of the interval's width, as a share of the total. A smaller one takes more rows, in the "
                "end all.",
            )  # fmt: skip
            confidence = st.selectbox(
                "Confidence", _CONFIDENCES, index=_at(list(_CONFIDENCES), given.confidence),
                format_func=lambda one: f"{100 * one:g} %", help="How often such an interval holds the true total.",
            )  # fmt: skip
        exact = st.checkbox("Exact: count every row", given.exact, help="No sample; large files take their time.")
        is_asked = st.form_submit_button("Estimate", type="primary", icon=":material/functions:", shortcut="Ctrl+Enter")
    if not is_asked:
        return None
    asked = AskedEstimate(
        file=path, measures=tuple(measures), strata=strata or "", where=where.strip(), within=within or "",
        confidence=confidence or 0.95, exact=exact,
    )  # fmt: skip
    return asked if _is_sound(asked, complaint) else None


def _strata(names: list[str], given: AskedEstimate) -> str | None:
    options = [_NO_STRATA, *names]
    return st.selectbox(
        "Strata", options, index=_at(options, given.strata),
        format_func=lambda name: in_table(name) if name else "product: if the file has it",
        help="Totals for each value of this column, and a sample from each of them.",
    )  # fmt: skip


def _at(options: list[Any], value: object) -> int:
    return options.index(value) if value in options else 0


def _is_sound(asked: AskedEstimate, complaint: Any) -> bool:  # noqa: ANN401 - a place on the page
    """Whether the condition is understood; if not, it is said at its field."""
    try:
        _ = asked.condition
    except WhereInvalid as error:
        say_at(complaint, error)
        return False
    return True


def say_at(place: Any, error: EtlError) -> None:  # noqa: ANN401 - a place on the page
    """Draw an error at a field."""
    place.error(in_markdown(error), icon=":material/error:")
