"""Errors as a user reads them: code, sentence, what to do. Never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.text.shown_text import as_sentence
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.page_words import mend_on_page, on_page

_COLUMNS = 1000  #: of a message; a path may be long
_LOG = logging.getLogger(__name__)


def show_error(error: EtlError) -> None:
    """One error."""
    st.error(in_markdown(error), icon=":material/error:")


def in_markdown(error: EtlError) -> str:
    """Code, sentence and mend, in the words of a page; the texts may quote what strangers wrote."""
    what, what_to_do = lines_of(error)[0].removesuffix(":"), mend_on_page(error)
    return f"**{error.code}**  \n{_sentence(on_page(what))}  \n**What to do:** {_sentence(what_to_do)}"


def lines_of(error: EtlError) -> list[str]:
    """What an error says in one sentence, and what it lists beneath, which a page has room for elsewhere."""
    return error.message.split("\n  ")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show the error that ends the block, in the place of what the block would have shown.

    What is no `EtlError` is our mistake: it goes to the server's log, and the page says so.
    """
    try:
        yield
    except EtlError as error:
        show_error(error)
    except Exception:  # noqa: BLE001 - whatever it is, a user sees no traceback
        _LOG.exception("a page failed")
        show_error(
            EtlError("something went wrong here", mend="try again; the server's log says more, please report it")
        )


def _sentence(text: str) -> str:
    return as_sentence(plain(text, _COLUMNS))
