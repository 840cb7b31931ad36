"""Many sign in at once: whoever has to wait is told so at once, and no queue grows without end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
from tests.door import HOST, OPERATOR, OTHER_PASSWORD, DoorHome, form_of

MOST = 64  #: who may be inside
AT_ONCE = 4  #: whose turn it is


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DoorHome]:
    made = DoorHome(tmp_path / "home")
    made.add()
    yield made
    made.accounts.store.close()


@pytest.fixture
def go_on(home: DoorHome, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
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


def test_so_many_may_queue_and_all_others_are_told_to_come_back(home: DoorHome, go_on: threading.Event) -> None:
    app, tries = home.client().app, 100

    async def scene() -> None:
        told, answers = anyio.create_memory_object_stream[httpx2.Response](tries)

        async def tell(number: int) -> None:
            await told.send(await enter(app, f"203.0.113.{number}"))

        with told, answers:
            async with anyio.create_task_group() as tasks:
                for number in range(tries):
                    tasks.start_soon(tell, number)
                try:
                    turned_away = await next_of(answers, tries - MOST)
                finally:
                    go_on.set()
                looked_at = await next_of(answers, MOST)
        assert {answer.status_code for answer in turned_away} == {503}
        assert {answer.headers["retry-after"] for answer in turned_away} == {"10"}
        assert {answer.status_code for answer in looked_at} <= {401, 429}

    anyio.run(scene)


def test_who_waits_for_too_long_is_told_to_come_back(home: DoorHome, go_on: threading.Event) -> None:
    """F: the last of 64 waited for more than a minute. Those whose turn it is go on, however long it takes."""
    app, tries = home.client(patience=0.5).app, 10
    token = user_admin.create_user(home.accounts, OPERATOR, "eve", Role.ANALYST).token
    assert token is not None

    async def scene() -> None:
        told, answers = anyio.create_memory_object_stream[httpx2.Response](tries)

        async def tell(number: int) -> None:
            await told.send(await enter(app, f"203.0.113.{number}"))

        with told, answers:
            async with anyio.create_task_group() as tasks:
                for number in range(tries):
                    tasks.start_soon(tell, number)
                try:
                    turned_away = await next_of(answers, tries - AT_ONCE)
                    turned_away.append(await set_up(app, token))
                finally:
                    go_on.set()
                looked_at = await next_of(answers, AT_ONCE)
        assert {(answer.status_code, answer.headers["retry-after"]) for answer in turned_away} == {(503, "10")}
        assert {answer.status_code for answer in looked_at} == {401}

    anyio.run(scene)


def test_an_address_that_waits_is_told_so_while_others_are_looked_at(home: DoorHome, go_on: threading.Event) -> None:
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
