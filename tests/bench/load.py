"""Fifty people at work beside a running job: `python -m tests.bench.load [--minutes 30] [--sessions 50]`.

First all of them arrive in the same second: each asks for the page, opens its websocket and waits until the page is
whole. Then each turns a page every 4 to 16 s, as their role may: lists, a run with its tabs, rows that are filtered,
the log. What is measured is from the click to the end of the script, over a websocket as a browser has it. Meanwhile
jobs run one after the other on all processors. Ends with 1 where a goal is missed: no error, 95 of 100 pages within
2 s, all who arrive within 10 s, and a server that needs no more memory at the end than after the first third.

With `--hostile N`, N at a time ask meanwhile what no process could answer: each question has to end with a code, within
its limit plus a second, and the pages have to be as quick as without.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from auth.roles import Role
from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import ask as ask_sql
from etl_batch.queries.sql_limits import SECONDS
from pages.registry import pages_for
from tests.acceptance.test_gate_served import ask, open_socket
from tests.acceptance.test_query_attacks import ENDLESS, TOO_MUCH
from tests.bench.full_home import fill_home
from tests.conftest import ACTOR
from tests.data_makers.records import LAYOUT, records
from tests.helpers.job_helpers import until_over
from tests.helpers.page_turns import turn_page
from tests.helpers.served import Served, serve
from tests.helpers.streamlit_page import SignedIn, sign_in

WITHIN_SECONDS, ARRIVED_SECONDS = 2.0, 10.0
_MIB = 2**20
MOST_GROWTH = 0.10  #: of the memory after the first third
_IDLE_PERCENT = 5.0
_SLOWEST = 5  #: places that are named
_RUNS, _LOG_LINES = 300, 5_000
_RECORDS = 4_000_000  #: of the job that runs meanwhile
_LEAST_WAIT, _MOST_WAIT = 4.0, 16.0
ENDED_SECONDS = SECONDS + 1.0  #: from asking what has no end
_HOSTILE = tuple(statement for statement in (*ENDLESS, *TOO_MUCH) if "{" not in statement)
_OF_A_RUN = (
    "",
    "&tab=Totals",
    "&tab=Profile",
    "&where=gt:quantity:3",
    "&count=product",
    "&plot=product&beside=quantity",
)


@dataclass(slots=True)
class Watched:
    """What was seen."""

    taken: list[float] = field(default_factory=list)  #: seconds of each page
    errors: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  #: bytes of the server, every ten seconds
    jobs: int = 0  #: that ended meanwhile
    of_places: dict[str, list[float]] = field(default_factory=dict)  #: seconds, place by place
    hostile: list[tuple[str, float]] = field(default_factory=list)  #: how questions ended, "" with an answer; seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so many are not above."""
    ranked = sorted(values)
    return ranked[min(int(len(ranked) * share), len(ranked) - 1)]


def missed(arrived: Sequence[float], seen: Watched) -> list[str]:
    """The goals that were missed, a sentence each."""
    found = [f"{len(seen.errors)} errors, the first: {seen.errors[0]}"] if seen.errors else []
    if percentile(seen.taken, 0.95) >= WITHIN_SECONDS:
        found.append(f"p95 is {percentile(seen.taken, 0.95):.2f} s, where less than {WITHIN_SECONDS:g} s is wanted")
    if max(arrived) >= ARRIVED_SECONDS:
        found.append(f"the last to arrive waited {max(arrived):.1f} s, where {ARRIVED_SECONDS:g} s are the most")
    early, late = seen.memory[len(seen.memory) // 3], seen.memory[-1]
    if late > early * (1 + MOST_GROWTH):
        found.append(f"the server grew from {early / _MIB:.0f} to {late / _MIB:.0f} MiB")
    answered = sum(not code for code, _ in seen.hostile)
    if answered:
        found.append(f"{answered} hostile questions were answered")
    longest = max((seconds for _, seconds in seen.hostile), default=0.0)
    if longest > ENDED_SECONDS:
        found.append(f"a hostile question was ended after {longest:.1f} s, where {ENDED_SECONDS:g} s are the most")
    return found


def places_of(role: str, run: str) -> list[tuple[str, str]]:
    """Where a user of the role goes: the address behind the host, and what stands behind its question mark."""
    found = [(entry.url_path, "") for entry in pages_for(role) if entry.is_in_menu]
    return found + [("run", f"id={run}{more}") for more in _OF_A_RUN] * (role != Role.AUDITOR)


def _called(path: str, query: str) -> str:
    return "&".join([path or "home", *query.split("&")[1:]])


def arrive(served: Served, users: Sequence[SignedIn]) -> list[float]:
    """All at once, each from nothing to a whole page; seconds."""
    ready = threading.Barrier(len(users))

    def come(user: SignedIn) -> float:
        ready.wait()
        begun = time.perf_counter()
        assert ask(served, "/", user).status_code == 200
        with open_socket(served, user) as socket:
            turn_page(socket, "", "")
        return time.perf_counter() - begun

    with ThreadPoolExecutor(len(users)) as pool:
        return list(pool.map(come, users))


def work(served: Served, users: Sequence[SignedIn], run: str, seconds: float, hostile: int = 0) -> Watched:
    """All turn pages until the time is over, a job runs, and so many at a time ask what has no end."""
    seen, over, server = Watched(), threading.Event(), psutil.Process(served.pid)

    def visit(number: int) -> None:
        chance, user = random.Random(number), users[number]
        places = places_of(user.role, run)
        over.wait(chance.uniform(0, _MOST_WAIT))
        with open_socket(served, user) as socket:
            while not over.is_set():
                place = chance.choice(places)
                begun = time.perf_counter()
                try:
                    turn_page(socket, *place)
                except AssertionError as error:
                    seen.errors.append(f"{'?'.join(place)}: {error}")
                seconds = time.perf_counter() - begun
                seen.taken.append(seconds)
                seen.of_places.setdefault(_called(*place), []).append(seconds)
                over.wait(chance.uniform(_LEAST_WAIT, _MOST_WAIT))

    with ThreadPoolExecutor(len(users) + hostile) as pool, _jobs(served.home, seen):
        visits = [pool.submit(visit, number) for number in range(len(users))]
        visits += [pool.submit(ask_hostile, served.home, seen, over, number) for number in range(hostile)]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            over.wait(min(10.0, seconds / 6))
            seen.memory.append(server.memory_info().rss)
        over.set()
        for one in visits:
            one.result()
    return seen


def ask_hostile(home: Path, seen: Watched, over: threading.Event, first: int) -> None:
    """One hostile question after the other, beginning with that one, until the time is over."""
    number = first
    while not over.is_set():
        question = (_HOSTILE[number % len(_HOSTILE)], AnswerForm.JSON)
        code, begun = "", time.perf_counter()
        try:
            ask_sql(home, ACTOR, str(home / "output" / "sales.csv"), [home / "output"], question)
        except EtlError as error:
            code = error.code
        seen.hostile.append((code, time.perf_counter() - begun))
        number += 1


@contextmanager
def _jobs(home: Path, seen: Watched) -> Iterator[None]:
    """Jobs of the console one after the other, until the block ends."""
    over, service = threading.Event(), JobService(home)
    asked = JobConfig(
        home=home,
        inputs=(str(home / "data" / "load.bin"),),
        output_csv=str(home / "output" / "load.csv"),
        actor=ACTOR,
    )

    def run() -> None:
        while not over.is_set():
            job = service.start(asked)
            while not (now := service.view(ACTOR, job.job_id)).state.is_over and not over.wait(0.1):
                pass
            seen.jobs += now.state is State.DONE
            if not now.state.is_over:
                service.cancel(ACTOR, job.job_id)
                until_over(service, job.job_id)
            for kept in (home / "output").glob("load.csv*.bak.*"):
                kept.unlink()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say whether all goals are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=0)
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="etl-load-", dir="/dev/shm") as folder:
        home = Path(folder, "home")
        os.environ |= {"ETL_HOME": str(home), "ETL_LIMIT_STARTS_PER_MINUTE": "1000"}
        fill_home(home, _RUNS, _LOG_LINES)
        (home / "data" / "load.bin").write_bytes(records(_RECORDS // 100) * 100)
        (home / "data" / "load.layout.toml").write_text(LAYOUT)
        run = str(json.loads((home / "output" / "sales.csv.meta.json").read_text())["job_id"])
        assert JobStore(home).job(run)["state"] == "done"
        roles = [Role.ANALYST, Role.SUPER_ADMIN, Role.ANALYST, Role.AUDITOR]
        users = [sign_in(home, roles[number % 4], f"visitor {number}") for number in range(flags.sessions)]
        with serve(home) as served:
            turn_page_once(served, users[0])
            arrived = arrive(served, users)
            seen = work(served, users, run, 60 * flags.minutes, flags.hostile)
    _say(arrived, seen)
    failures = missed(arrived, seen)
    for failure in failures:
        print(f"missed: {failure}")  # noqa: T201
    return 1 if failures else 0


def turn_page_once(served: Served, user: SignedIn) -> None:
    """A server is warm when somebody has seen a page, and it has loaded what it loads beside that."""
    with open_socket(served, user) as socket:
        turn_page(socket, "", "")
    server = psutil.Process(served.pid)
    while server.cpu_percent(interval=1.0) > _IDLE_PERCENT:
        pass


def _say(arrived: Sequence[float], seen: Watched) -> None:
    print(f"{len(arrived)} arrived at once: p50 {percentile(arrived, 0.5):.2f} s, the last {max(arrived):.2f} s")  # noqa: T201
    each = ", ".join(f"p{share * 100:.0f} {percentile(seen.taken, share):.2f} s" for share in (0.5, 0.95, 0.99))
    print(f"{len(seen.taken)} pages: {each}; {len(seen.errors)} errors; {seen.jobs} jobs meanwhile")  # noqa: T201
    slowest = sorted(seen.of_places.items(), key=lambda one: -percentile(one[1], 0.95))[:_SLOWEST]
    print("slowest, p95: " + ", ".join(f"{name} {percentile(taken, 0.95):.2f} s" for name, taken in slowest))  # noqa: T201
    if seen.hostile:
        codes = ", ".join(sorted({code or "an answer" for code, _ in seen.hostile}))
        longest = max(seconds for _, seconds in seen.hostile)
        print(f"{len(seen.hostile)} hostile questions ended with {codes}; the longest took {longest:.1f} s")  # noqa: T201
    third = seen.memory[len(seen.memory) // 3]
    print(  # noqa: T201
        f"memory of the server: {seen.memory[0] / _MIB:.0f} MiB, {third / _MIB:.0f} after the first third, "
        f"{seen.memory[-1] / _MIB:.0f} at the end; load {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors"
    )


if __name__ == "__main__":
    sys.exit(main())
