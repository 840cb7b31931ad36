"""Many sign in at once: whoever has to wait learns it at once, and no queue grows without end."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2
import pytest
from anyio.streams.memory import MemoryObjectReceiveStream
from starlette.types import ASGIApp

from auth import signing_in, user_admin
from auth.roles import Role
from auth.signing_in import Attempt
from tests.helpers.gate import HOST, OPERATOR, OTHER_PASSWORD, GateHome, form_of, home_of_ada

Answers = tuple[list[httpx2.Response], list[httpx2.Response]]
Scene = Callable[[], Awaitable[list[httpx2.Response]]]

MOST = 64  #: who may be inside
AT_ONCE = 4  #: whose turn it is


@pytest.fixture
def home(tmp_path: Path) -> Iterator[GateHome]:
    with home_of_ada(tmp_path / "home") as made:
        yield made


@pytest.fixture
def go_on(home: GateHome, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Until it is set, checks of passwords hang."""
    event, matches = threading.Event(), home.accounts.hasher.matches

    def hanging(password: str, stored: str | None) -> bool:
        event.wait(120)
        return matches(password, stored)

    monkeypatch.setattr(home.accounts.hasher, "matches", hanging)
    return event


async def enter(app: ASGIApp, address: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app, client=(address, 4000))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST, timeout=120) as client:
        fields = {**form_of(await client.get("/login")), "username": "ada", "password": "wrong"}
        return await client.post("/login", data=fields, headers={"origin": HOST})


async def set_up(app: ASGIApp, token: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app, client=("203.0.113.200", 4000))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST, timeout=120) as client:
        fields = form_of(await client.get("/setup", params={"token": token}))
        chosen = {**fields, "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
        return await client.post("/setup", data=chosen, headers={"origin": HOST})


async def next_of(answers: MemoryObjectReceiveStream[httpx2.Response], count: int) -> list[httpx2.Response]:
    with anyio.fail_after(120):
        return [await answers.receive() for _ in range(count)]


async def flood(app: ASGIApp, tries: int, turned_away: int, meanwhile: Scene, go_on: threading.Event) -> Answers:
    """Sign-ins from as many addresses, while checks of passwords hang.

    Args:
        app: with the gate.
        tries: how many there are.
        turned_away: so many are answered before any password is checked.
        meanwhile: what somebody else does then; one more of those who are answered.
        go_on: set behind it.

    Returns:
        The answers until then, and those of all others.
    """
    sent, answers = anyio.create_memory_object_stream[httpx2.Response](tries)

    async def tell(number: int) -> None:
        await sent.send(await enter(app, f"203.0.113.{number}"))

    with sent, answers:
        async with anyio.create_task_group() as tasks:
            for number in range(tries):
                tasks.start_soon(tell, number)
            try:
                early = await next_of(answers, turned_away) + await meanwhile()
            finally:
                go_on.set()
            late = await next_of(answers, tries - turned_away)
    return early, late


async def nothing() -> list[httpx2.Response]:
    return []


def test_so_many_may_queue_and_all_others_are_told_to_come_back(home: GateHome, go_on: threading.Event) -> None:
    turned_away, checked = anyio.run(flood, home.client().app, 100, 100 - MOST, nothing, go_on)
    assert {answer.status_code for answer in turned_away} == {503}
    assert {answer.headers["retry-after"] for answer in turned_away} == {"10"}
    assert {answer.status_code for answer in checked} <= {401, 429}


def test_who_waits_for_too_long_is_told_to_come_back(home: GateHome, go_on: threading.Event) -> None:
    """F: the last of 64 waited for more than a minute. Those whose turn it is go on, however long it takes."""
    app = home.client(patience=0.5).app
    token = user_admin.create_user(home.accounts, OPERATOR, "eve", Role.ANALYST).token
    assert token is not None

    async def meanwhile() -> list[httpx2.Response]:
        return [await set_up(app, token)]

    turned_away, checked = anyio.run(flood, app, 10, 10 - AT_ONCE, meanwhile, go_on)
    assert len(turned_away) == 10 - AT_ONCE + 1
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in turned_away} == {(503, "10")}
    assert {answer.status_code for answer in checked} == {401}


def test_an_address_that_waits_learns_it_while_others_are_checked(home: GateHome, go_on: threading.Event) -> None:
    app = home.client().app
    go_on.set()
    for number in range(5):
        attempt = Attempt(name=f"name {number}", password="wrong", address="198.51.100.7")
        signing_in.sign_in(home.accounts, attempt)
    go_on.clear()

    async def scene() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(enter, app, f"203.0.113.{number}")
            try:
                with anyio.fail_after(120):
                    for _ in range(20):
                        answer = await enter(app, "198.51.100.7")
                        assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
            finally:
                go_on.set()

    anyio.run(scene)
