"""Choosing inputs from a list, and adding to it by upload."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.errors import ConfigError, EtlError
from etl_batch.launch.input_list import MOST_ENTRIES, Candidate, InputList, find_asked, list_inputs
from etl_batch.launch.kept_files import MOST_UPLOADED_BYTES, is_layout, keep_upload
from etl_batch.layouts.file_names import is_description_name
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import InputFormat
from etl_batch.text.number_text import counted, data_size
from etl_batch.text.shown_text import shown
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.named_layout_view import take_copybook
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.values import MIB

CHOSEN = "etl_inputs"  #: session key: paths of the chosen inputs
_MISSING = "etl_inputs_missing"  #: session key: what was asked for and cannot be read, and why, till the user chooses
_SAID = "etl_upload_said"
_LONGEST_NAME = 4096  #: columns; no path is longer


@dataclass(frozen=True, slots=True)
class Picked:
    """What is chosen."""

    paths: tuple[str, ...]  #: files and folders
    files: tuple[Candidate, ...]  #: all files that it stands for
    books: tuple[Candidate, ...] = ()  #: copybooks and dictionaries beneath the input folders
    missing: tuple[str, ...] = ()  #: what was asked for and cannot be read, where the user chose nothing since

    def refuse_missing(self) -> None:
        """Refuse to go on with less than what was asked for: with no input at all a job would read all of data/.

        Raises:
            ConfigError: something is missing.
        """
        if self.missing:
            others = f" (and {len(self.missing) - 1} more)" if len(self.missing) > 1 else ""
            raise ConfigError(
                f"the input {self.missing[0]}{others} cannot be read", mend="choose the inputs anew, under Inputs"
            )


def show_input_picker(context: PageContext, asked: InputFormat) -> Picked:
    """Show the list, with what a job that reads this format makes of it, and the upload."""
    there, found = _asked_for(context, list_inputs(context.who(), context.input_roots, asked))
    if not there.candidates:
        show_empty(
            "No inputs yet",
            "Put files into the folder `data/`, upload one here, "
            "or make the demo data: `python -m etl_batch demo-data`.",
        )
    labels = _labels(there)
    st.session_state[CHOSEN] = [candidate.path for candidate in found]
    _show_missing()
    st.multiselect(
        "Files and folders", list(labels), format_func=lambda path: labels.get(path, path), key=CHOSEN,
        placeholder="Choose files or folders", disabled=not labels, on_change=forget_missing, filter_mode="contains",
        help="Every file and folder beneath data/ (ETL_INPUT_ROOTS adds to them): what a file is, shows when it is "
             "chosen. Of a folder, the files with endings of data, in the order of their names. The inputs of a job "
             "have the same columns, or Columns says how they are joined.",
    )  # fmt: skip
    if there.is_cut:
        st.caption(f"The list shows the first {MOST_ENTRIES:,} files and folders.")
    _show_upload(context)
    missing = tuple(st.session_state.get(_MISSING, ()))
    books = tuple(one for one in there.candidates if is_description_name(one.place.path.name))
    return Picked(tuple(candidate.path for candidate in found), _files_of(found, there), books, missing)


def forget_missing() -> None:
    """What is chosen from now on is what the user wants, whatever was asked for before."""
    st.session_state.pop(_MISSING, None)


def _asked_for(context: PageContext, listed_ones: InputList) -> tuple[InputList, list[Candidate]]:
    """The list with all that is chosen, and what is chosen; what cannot be read is kept apart."""
    asked = st.session_state.get(CHOSEN, ())
    there, missing = find_asked(context.who(), context.input_roots, listed_ones, asked)
    if missing:
        why = {path: error.message for path, error in missing.items()}
        st.session_state[_MISSING] = {**st.session_state.get(_MISSING, {}), **why}
    return there, [candidate for path in asked if (candidate := there.named(path)) is not None]


def _show_missing() -> None:
    missing = st.session_state.get(_MISSING)
    if not missing:
        return
    listing = "\n".join(f"- {plain(on_page(why), 400)}" for why in missing.values())
    st.warning(
        f"What was asked for cannot be read, and nothing starts until you choose:\n\n{listing}",
        icon=":material/warning:",
    )
    st.button("Go on with the inputs beneath", on_click=forget_missing, key="etl_inputs_as_they_are",
              disabled=not st.session_state[CHOSEN])  # fmt: skip


def _files_of(chosen: Sequence[Candidate], there: InputList) -> tuple[Candidate, ...]:
    """The files that a choice stands for, in the order that a job reads them."""
    files: list[Candidate] = []
    for candidate in chosen:
        inside = there.files_in(candidate) if candidate.format == "folder" else (candidate,)
        files += [file for file in inside if file not in files]
    return tuple(files)


def label(candidate: Candidate) -> str:
    """`data/sales.csv · CSV · 1.2 MB`: plain text, not Markdown; the whole name, for the list is searched by it."""
    name = shown(candidate.name, _LONGEST_NAME)
    if candidate.problem is not None:
        return f"{name} · cannot be read"
    if candidate.format == "folder":
        return f"{name} · folder of {counted(candidate.files, 'file')} · {data_size(candidate.bytes)}"
    layout = (
        ""
        if not candidate.by_layout
        else " · no layout yet"
        if candidate.layout is None
        else f" · {shown(candidate.layout, 40)}"
    )
    kind = f" · {candidate.format.upper()}" if candidate.format else ""
    return f"{name}{kind} · {data_size(candidate.bytes)}{layout}"


def _labels(there: InputList) -> dict[str, str]:
    """A label for each path; Streamlit tells options apart by their labels, so equal ones get a number."""
    labels: dict[str, str] = {}
    seen: dict[str, int] = {}
    for candidate in there.candidates:
        text = label(candidate)
        seen[text] = seen.get(text, 0) + 1
        labels[candidate.path] = text if seen[text] == 1 else f"{text} ({seen[text]})"
    return labels


def _show_upload(context: PageContext) -> None:
    with st.expander("Upload a file", icon=":material/upload_file:"):
        version = st.session_state.setdefault("etl_upload_version", 0)
        files = st.file_uploader(
            f"Any file of up to {MOST_UPLOADED_BYTES // MIB} MB, into data/",
            accept_multiple_files=True, key=f"etl_upload_{version}", max_upload_size=MOST_UPLOADED_BYTES // MIB,
            help="Larger files: copy them into data/ on the machine itself.",
        )  # fmt: skip
        replace = st.checkbox(
            "Replace files of the same name", key="etl_upload_replace",
            help="Off: a name that is taken is refused. On: the file that is there is kept as NAME.bak.TIME.",
        )  # fmt: skip
        given = (context, files, replace)
        st.button("Put into data/", disabled=not files, on_click=_keep, args=given, key="etl_upload_go")
        for said in st.session_state.pop(_SAID, ()):
            if isinstance(said, EtlError):
                show_error(said)
            else:
                st.success(said, icon=":material/check:")


def _keep(context: PageContext, files: Sequence[object], replace: bool) -> None:
    said: list[object] = []
    for file in files:
        name: str = file.name  # type: ignore[attr-defined]
        try:
            where = keep_upload(context.home, context.who(), name, file.getvalue(), replace=replace)  # type: ignore[attr-defined]
        except EtlError as error:
            said.append(error)
            continue
        said.append(f"{plain(name)} is in data/ now.")
        if is_description_name(where.path.name):
            take_copybook(str(where.path))
        elif not is_layout(where.path.name):
            st.session_state[CHOSEN] = [*st.session_state.get(CHOSEN, ()), str(where.path)]
            st.session_state.get(_MISSING, {}).pop(str(where.path), None)
    st.session_state["etl_upload_version"] += 1  # an empty uploader: the bytes leave the memory
    st.session_state[_SAID] = said
