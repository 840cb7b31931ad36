"""Which request goes where: the gate's table of paths. Rules only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from urllib.parse import quote, unquote, urlsplit

from etl_batch.permissions import Permission

HEALTH = "/_stcore/health"
WEBSOCKET = "/_stcore/stream"
LOGIN = "/login"
LOGOUT = "/logout"
SETUP = "/setup"
OIDC_START = "/oidc/start"
OIDC_RETURN = "/oidc/return"

_OPEN = frozenset({LOGIN, SETUP, OIDC_START, OIDC_RETURN})
#: Streamlit's own sign-in and its interface for programs: never reached.
_CLOSED = (
    "/auth",
    "/oauth2callback",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/script-health-check",
    "/app/static",
)
#: Streamlit's parts of a page: asked for by scripts, so that a form to sign in would be no answer.
_PARTS = ("/_stcore", "/media", "/static", "/component", "/_component", "/vendor", "/-", "/healthz")
_NEEDED: dict[str, Permission] = {
    "/_stcore/metrics": Permission.SEE_SYSTEM,
    "/_stcore/upload_file": Permission.LAUNCH_JOBS,
    "/reports": Permission.SEE_REPORTS,
    "/downloads": Permission.DOWNLOAD_OUTPUTS,
}
_LONGEST_NEXT = 2000


class Kind(Enum):
    """What a path is for the gate."""

    OPEN = auto()  #: for everybody
    CLOSED = auto()  #: for nobody
    PART = auto()  #: of a page: without a session refused in one word
    PAGE = auto()  #: without a session answered by the way to sign in


def kind_of(path: str, method: str) -> Kind:
    """What a path is for whoever has no session."""
    if _is_at(path, *_CLOSED):
        return Kind.CLOSED
    if path in _OPEN or (path == HEALTH and method in {"GET", "HEAD"}):
        return Kind.OPEN
    if _is_at(path, *_PARTS) or ("." in path.rsplit("/", 1)[-1] and not _is_at(path, "/reports", "/downloads")):
        return Kind.PART
    return Kind.PAGE if method in {"GET", "HEAD"} else Kind.PART


def permission_for(path: str, pages: Mapping[str, Permission | None]) -> Permission | None:
    """What a signed-in user needs for a path; None: nothing more than that.

    Args:
        path: as decoded by the server.
        pages: the permission for each page, by its path without the slash.
    """
    for prefix, permission in _NEEDED.items():
        if _is_at(path, prefix):
            return permission
    return pages.get(path.strip("/"))


def own_path(given: str | None) -> str:
    """Where to go after signing in: a path of the console, whatever was asked for.

    Everything that some browser might take for another site is answered by the start page.
    """
    if not given or len(given) > _LONGEST_NEXT or not given.startswith("/"):
        return "/"
    decoded = unquote(given)
    if any(text.startswith("//") or "\\" in text or not text.isprintable() for text in (given, decoded)):
        return "/"
    try:
        parts = urlsplit(given)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or kind_of(unquote(parts.path), "GET") is not Kind.PAGE or parts.path == LOGOUT:
        return "/"
    return given


def login_path(path: str, query: str) -> str:
    """The sign-in page that leads back to where somebody wanted to go."""
    wanted = own_path(quote(path, safe="/~") + (f"?{query}" if query else ""))
    return LOGIN if wanted == "/" else f"{LOGIN}?next={quote(wanted, safe='')}"


def _is_at(path: str, *prefixes: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
