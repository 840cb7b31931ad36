"""The cookies of the console."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from auth.sessions import LIFE_SECONDS

_SESSION = "etl_session"
_FORM = "etl_form"
_DEVICE = "etl_device"
_LONGEST_HEADER = 16_384  #: characters that are parsed
FORM_SECONDS = 3600  #: how long a form may stay open


def session_cookie(*, is_https: bool) -> str:
    """The name of the cookie with the token of the session; over TLS the name itself forbids other sites to set it."""
    return f"__Host-{_SESSION}" if is_https else _SESSION


def form_cookie(*, is_https: bool) -> str:
    """The name of the cookie that ties a form to the browser it was sent to."""
    return f"__Host-{_FORM}" if is_https else _FORM


def device_cookie(*, is_https: bool) -> str:
    """The name of the cookie that tells a browser with which somebody has signed in before."""
    return f"__Host-{_DEVICE}" if is_https else _DEVICE


def read_cookie(headers: Iterable[tuple[bytes, bytes]], name: str) -> str | None:
    """The value of one cookie of a request."""
    for header, value in headers:
        if header == b"cookie":
            jar = SimpleCookie()
            for part in value.decode("latin-1")[:_LONGEST_HEADER].split(";"):
                if part.split("=", 1)[0].strip() != name:
                    continue
                try:
                    jar.load(part.strip())
                except CookieError:
                    continue
            if name in jar:
                return jar[name].value
    return None


def set_cookie(name: str, value: str, *, is_https: bool, seconds: int = LIFE_SECONDS) -> str:
    """The header Set-Cookie: out of reach of scripts, and not sent along with forms of other sites."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax" + ("; Secure" if is_https else "")


def drop_cookie(name: str, *, is_https: bool) -> str:
    """The header Set-Cookie that removes a cookie."""
    return set_cookie(name, "", is_https=is_https, seconds=0)
