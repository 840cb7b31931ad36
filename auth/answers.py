"""Answers of the gate: their headers, and pages rendered from `templates/`."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response

#: For everything the console sends. Streamlit's scripts need inline code; nothing may come from, or go, elsewhere.
CONSOLE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
#: A report has no scripts; whatever a hostile one holds can neither run nor see the console.
REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; form-action 'none'"
)
#: A redirect, a word for programs: there is nothing to show.
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'"
COMMON_HEADERS: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}


def page(template: str, status: int = 200, /, **values: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
    """A page of the gate's own: no script, one style sheet within it."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    html = _environment().get_template(template).render(style=style, **values)
    own = {**COMMON_HEADERS, "content-security-policy": policy, "cache-control": "no-store"}
    return HTMLResponse(html, status, headers=own)


def message(
    status: int, title: str, text: str, *, link: str = "/", label: str = "Go to the start page"
) -> HTMLResponse:
    """A page that says one thing and offers one way on."""
    return page("message.html.j2", status, title=title, text=text, link=link, label=label)


def plain(status: int, text: str) -> Response:
    """A short answer for programs."""
    return Response(f"{text}\n", status, headers=_bare(), media_type="text/plain")


def redirect(location: str, headers: Mapping[str, str] | None = None) -> RedirectResponse:
    """The way elsewhere, to be asked for with GET; kept by nobody."""
    return RedirectResponse(location, 303, headers={**_bare(), **(headers or {})})


def complete(headers: MutableHeaders, status: int) -> None:
    """Give an answer, whoever made it, what every answer has; SECURITY.md has the table.

    Only what never changes may be kept: Streamlit's own files, whose names are their hashes.
    """
    for name, value in COMMON_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", CONSOLE_POLICY)
    kept = headers.get("cache-control", "")
    is_kept = "immutable" in kept and status in {200, 206, 304} and "set-cookie" not in headers
    if not is_kept and "no-store" not in kept:
        headers["cache-control"] = "no-store"
    for name in ("server", "access-control-allow-origin"):
        if name in headers:
            del headers[name]


def _bare() -> dict[str, str]:
    return {**COMMON_HEADERS, "content-security-policy": BARE_POLICY, "cache-control": "no-store"}


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("auth"), autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@functools.cache
def _style() -> str:
    return (Path(__file__).parent / "templates" / "gate.css").read_text()
