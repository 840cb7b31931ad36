"""What can be asked: a file, what to add up, by which strata, of which rows, how exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from etl_batch.errors import EtlError, WhereInvalid
from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.formats.registry import format_of_name
from etl_batch.text.number_text import data_size
from etl_batch.ui.errors import in_markdown
from etl_batch.ui.foreign_text import in_table
from pages.services.estimable_files import EstimableFile
from pages.services.estimate_question import DELIMITERS, AskedEstimate
from pages.services.estimates import FileColumns

_WITHIN = {"": "as exact as the sample is", "5%": "5 %", "2%": "2 %", "1%": "1 %", "0.5%": "0.5 %", "0.1%": "0.1 %"}
_DELIMITERS = {"": "a comma, or what the first line says (sep=)", ";": "semicolon", "\t": "TAB", "|": "vertical bar"}
_CONFIDENCES = (0.8, 0.9, 0.95, 0.99)
_MOST_CHARACTERS = 4096  #: of a condition
_FILLED = "estimate_form_filled"  #: session key: the question that the form was filled with
_NO_STRATA = ""
_WHERE_HELP = (
    "Only rows that fulfil the condition count. Texts stand in single quotes, names with blanks in double quotes; "
    "there are `= != < <= > >=`, `in (...)`, `between ... and ...`, `is null`, `and`, `or`, `not`."
)


@dataclass(frozen=True, slots=True)
class FormActions:
    """What the form has to know."""

    files: Sequence[EstimableFile]
    columns: Callable[[str, str], FileColumns]  #: of a file, by its delimiter where one is given


def choose_file(actions: FormActions, linked: AskedEstimate | None) -> str | None:
    """Show the list of files; that of the link is chosen first.

    Returns:
        The chosen file's path, relative to the home.
    """
    about = {file.path: file for file in actions.files}
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


def question_form(path: str, actions: FormActions, linked: AskedEstimate | None) -> AskedEstimate | None:
    """Show the form for a file.

    Args:
        path: of the file, relative to the home.
        actions: see there.
        linked: what the address asks, which fills the form first.

    Returns:
        What was asked, when the button was just pressed.

    Raises:
        Refused: the file's columns cannot be read.
    """
    given = linked if linked is not None and linked.file == path else AskedEstimate(file=path)
    kind = format_of_name(path)
    delimiter = _delimiter_field(given) if kind is None or kind.by_dialect else ""
    found = actions.columns(path, delimiter)
    columns = found.are_numbers
    if found.count > len(columns):
        st.caption(f"The file has {found.count:,} columns; {len(columns):,} are offered here.")
    numbers = [name for name, is_number in columns.items() if is_number]
    about = path + delimiter  # the columns of another delimiter are others, and so are the fields
    _fill(given, about, numbers, list(columns))
    with st.form(f"estimate_{about}"):
        left, right = st.columns(2)
        with left:
            measures = st.multiselect(
                "Measures", numbers, key=_key("measures", about), format_func=in_table,
                placeholder="quantity, value: as far as the file has them",
                help="The columns whose values are added up.",
            )  # fmt: skip
            where = st.text_input(
                "Condition", key=_key("where", about), placeholder="product = 'SOUP' and quantity > 2",
                help=_WHERE_HELP, max_chars=_MOST_CHARACTERS,
            )  # fmt: skip
            complaint = st.empty()
        with right:
            strata = st.selectbox(
                "Strata", [_NO_STRATA, *columns], key=_key("strata", about),
                format_func=lambda name: in_table(name) if name else "product: if the file has it",
                help="Totals for each value of this column, and a sample from each of them.",
            )  # fmt: skip
            within = st.selectbox(
                "Error within", list(_WITHIN), key=_key("within", about), format_func=_WITHIN.__getitem__,
                help="Half of the interval's width, as a share of the total. A smaller one takes more rows, in the "
                "end all.",
            )  # fmt: skip
            confidence = st.selectbox(
                "Confidence", _CONFIDENCES, key=_key("confidence", about),
                format_func=lambda share: f"{100 * share:g} %", help="How often such an interval holds the true total.",
            )  # fmt: skip
        exact = st.checkbox(
            "Exact: count every row", key=_key("exact", about), help="No sample; large files take their time."
        )
        is_asked = st.form_submit_button(
            "Estimate", key=_key("ask", about), type="primary", icon=":material/functions:", shortcut="Ctrl+Enter"
        )
    if not is_asked:
        return None
    asked = AskedEstimate(
        file=path, measures=tuple(measures), strata=strata or "", where=where.strip(), within=within or "",
        confidence=confidence or DEFAULT_CONFIDENCE, exact=exact, delimiter=delimiter,
    )  # fmt: skip
    if not _is_sound(asked, complaint):
        return None
    st.session_state[_FILLED] = asked  # the address asks this from now on, as the form does
    return asked


def _delimiter_field(given: AskedEstimate) -> str:
    """Show the field above the form, since which columns the form offers depends on it."""
    key, filled = _key("delimiter", given.file), _key("delimiter_filled", given.file)
    if st.session_state.get(filled) != given or key not in st.session_state:  # once, as `_fill`
        st.session_state[key], st.session_state[filled] = given.delimiter, given
    return (
        st.selectbox(
            "Delimiter", DELIMITERS, key=key, format_func=_DELIMITERS.__getitem__,
            help="What stands between the cells of the CSV.",
        )
        or ""
    )  # fmt: skip


def _key(part: str, about: str) -> str:
    return f"estimate_{part}_{about}"


def _fill(given: AskedEstimate, about: str, numbers: Sequence[str], columns: Sequence[str]) -> None:
    """Fill the form with what the address asks: once, so that what is typed afterwards stays.

    Widgets whose defaults followed the address were new widgets after each answer, and what was typed into the old
    ones was lost. Nor is it filled while it is being asked: Ctrl+Enter in a field asks twice, by the field and by the
    button, and the second time the browser still has the address from before.
    """
    is_there = _key("where", about) in st.session_state
    if is_there and (st.session_state.get(_FILLED) == given or st.session_state.get(_key("ask", about))):
        return
    values: dict[str, object] = {
        "measures": [name for name in given.measures if name in numbers],
        "where": given.where[:_MOST_CHARACTERS],
        "strata": given.strata if given.strata in columns else _NO_STRATA,
        "within": given.within if given.within in _WITHIN else "",
        "confidence": given.confidence if given.confidence in _CONFIDENCES else DEFAULT_CONFIDENCE,
        "exact": given.exact,
    }
    st.session_state[_FILLED] = given
    for part, value in values.items():
        st.session_state[_key(part, about)] = value


def _is_sound(asked: AskedEstimate, complaint: Any) -> bool:  # noqa: ANN401 - a place on the page
    """Whether the condition is understood; if not, it is said at its field."""
    try:
        _ = asked.condition
    except WhereInvalid as error:
        say_at(complaint, error)
        return False
    return True


def say_at(place: Any, error: EtlError) -> None:  # noqa: ANN401 - a place on the page
    """Show an error at a field."""
    place.error(in_markdown(error), icon=":material/error:")
