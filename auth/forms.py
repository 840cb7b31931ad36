"""Forms of the gate's pages: read with limits, and only from a page of our own."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from anyio import move_on_after
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from auth import answers
from auth.cookies import FORM_SECONDS, form_cookie, read_cookie, set_cookie
from auth.keys import Keys
from auth.sessions import new_token
from auth.settings import GateSettings

_LARGEST_BODY = 64 * 1024  #: bytes
_MOST_FIELDS = 16
_MOST_SECONDS = 15.0  #: until all of it is there
_TRUSTED_SITES = {"same-origin", "none"}


class FormRefused(Exception):
    """A form is not answered; `answer` says why."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def read_form(request: Request, seconds: float = _MOST_SECONDS) -> Mapping[str, str]:
    """The fields of a form; of a field that came twice the last one.

    Args:
        request: of which nothing was read.
        seconds: that it may take to come; behind them the connection is closed.

    Raises:
        FormRefused: it is too large, too slow, or no form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormRefused(answers.plain(415, "send the form as application/x-www-form-urlencoded"))
    with move_on_after(seconds) as coming:
        body = await _body(request)
    if coming.cancelled_caught:
        answer = answers.plain(408, f"the form was not sent whole within {seconds:g} seconds")
        answer.headers["connection"] = "close"
        raise FormRefused(answer)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:  # of which UnicodeDecodeError is one
        raise FormRefused(answers.plain(400, "the form is not valid UTF-8, or has too many fields")) from None
    return dict(pairs)


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                raise FormRefused(answers.plain(413, f"the form is larger than {_LARGEST_BODY} bytes"))
    except ClientDisconnect:
        raise FormRefused(answers.plain(400, "the form was not sent whole")) from None
    return body


def refuse_foreign(request: Request, settings: GateSettings) -> None:
    """Make sure that a request that changes something was not sent by another site.

    Every browser says with a POST where it comes from. What says nothing is no browser, which nobody can trick.

    Raises:
        FormRefused: another site made the browser send it.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    is_ours = origin is None or settings.is_own_origin(origin, request.headers.get("host", ""))
    if not is_ours or (site is not None and site not in _TRUSTED_SITES):
        raise FormRefused(_foreign())


class FormTokens:
    """Ties a form to the browser that it was sent to: a field and a cookie that fit together."""

    def __init__(self, keys: Keys, settings: GateSettings) -> None:
        self._keys = keys
        self._is_https = settings.is_https

    def nonce(self, request: Request) -> str:
        """What the cookie of this browser holds or is to hold; the same for all its tabs."""
        found = read_cookie(request.scope["headers"], form_cookie(is_https=self._is_https))
        return (
            found if found and len(found) <= 100 and found.replace("-", "").replace("_", "").isalnum() else new_token()
        )

    def field(self, nonce: str) -> str:
        """What the hidden field holds."""
        return self._keys.of_form(nonce)

    def cookie(self, nonce: str) -> str:
        """The header that keeps the nonce in the browser."""
        name = form_cookie(is_https=self._is_https)
        return set_cookie(name, nonce, is_https=self._is_https, seconds=FORM_SECONDS)

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Make sure that cookie and field fit together.

        Raises:
            FormRefused: they do not, or one is missing.
        """
        nonce = read_cookie(request.scope["headers"], form_cookie(is_https=self._is_https))
        given = form.get("csrf", "")
        if not nonce or not hmac.compare_digest(self._keys.of_form(nonce).encode(), given.encode("utf-8", "replace")):
            raise FormRefused(_foreign())


def _foreign() -> Response:
    text = "The form was not sent by a page of this console, or it stayed open for too long. Open the page again."
    return answers.message(403, "That did not work", text, link="/login", label="Open the sign-in page")
