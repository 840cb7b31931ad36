"""The document at the address of each page: Streamlit's own, with the address of its server in it.

Without that, Streamlit's script tries the address of the page first and takes `/runs/_stcore/health`, which is not
there, for a sign that the console might live below `/runs`: two errors in the browser's console for each deep link.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import file_util

_HEAD = "<head>"
#: Streamlit reads this when its script begins (`window.__streamlit`).
_SERVER_IS_HERE = "<script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin }</script>"


def console_pages(paths: Iterable[str]) -> list[Route]:
    """Routes for the pages of the console.

    Args:
        paths: addresses of the pages without the slash; the start page is the empty one.
    """
    return [Route(f"/{path}", _answer, methods=["GET"]) for path in paths]


async def _answer(_request: Request) -> Response:
    return HTMLResponse(_document())


@functools.cache
def _document() -> str:
    original = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    return with_server(original)


def with_server(document: str) -> str:
    """Add to a document of Streamlit's where its server is, before any script of it runs."""
    return document.replace(_HEAD, f"{_HEAD}{_SERVER_IS_HERE}", 1)
