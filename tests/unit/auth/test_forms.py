"""Forms of the gate: how long one may take to come."""

from __future__ import annotations

import anyio
import pytest
from starlette.requests import Request
from starlette.types import Message

from auth.forms import FormRefused, read_form

SCOPE = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/x-www-form-urlencoded")]}


def read(*pieces: bytes, seconds: float) -> dict[str, str]:
    """What is read of a form of which nothing more comes behind the pieces; an empty one ends it."""
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            await anyio.sleep_forever()
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def scene() -> dict[str, str]:
        with anyio.fail_after(60):
            return dict(await read_form(Request(SCOPE, receive), seconds))

    return anyio.run(scene)


def test_a_form_that_comes_in_pieces_is_read() -> None:
    assert read(b"a=", b"b&c=d", b"", seconds=50) == {"a": "b", "c": "d"}


@pytest.mark.parametrize("pieces", [(), (b"a=",), (b"a=", b"b&c=d")])
def test_a_form_that_does_not_come_whole_is_given_up(pieces: tuple[bytes, ...]) -> None:
    """F: 200 strangers kept their connections for as long as they liked."""
    with pytest.raises(FormRefused) as refused:
        read(*pieces, seconds=0.01)
    assert (refused.value.answer.status_code, refused.value.answer.headers["connection"]) == (408, "close")
