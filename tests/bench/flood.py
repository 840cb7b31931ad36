"""A flood of sign-ins: `python -m tests.bench.flood [SECONDS]`; numbers on standard output.

200 sign-ins a second from 50 addresses, while somebody who is signed in asks for pages: how long those take, and what
memory the server has before and after.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import httpx2
import psutil

from tests.helpers.gate import form_of
from tests.helpers.served import Served, serve
from tests.helpers.streamlit_page import SignedIn, sign_in

RATE = 200  #: sign-ins a second
ADDRESSES = 50
_CALM_SECONDS = 10.0
_PROXY = {"ETL_TRUSTED_PROXIES": "127.0.0.1"}  # so that one machine can have many addresses


def pages_until(served: Served, user: SignedIn, over: threading.Event) -> list[float]:
    """Seconds that each page takes, one after the other, until the event is set."""
    taken = []
    with httpx2.Client(headers={"cookie": f"etl_session={user.token}"}, timeout=120) as client:
        while not over.is_set():
            begun = time.perf_counter()
            assert client.get(f"{served.url}/account").status_code == 200
            taken.append(time.perf_counter() - begun)
            over.wait(0.05)
    return sorted(taken)


async def flood(served: Served, seconds: float) -> Counter[int]:
    """Sign in wrongly at the rate, whether answers come or not; returns how often each status came."""
    statuses: Counter[int] = Counter()
    unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=ADDRESSES)
    async with httpx2.AsyncClient(base_url=served.url, timeout=120, limits=unlimited) as client:
        fields = {**form_of(await client.get("/login")), "password": "not the password of anybody"}

        async def send(number: int) -> None:
            headers = {"origin": served.url, "x-forwarded-for": f"198.51.100.{number % ADDRESSES}"}
            answer = await client.post("/login", data={**fields, "username": f"name {number}"}, headers=headers)
            statuses[answer.status_code] += 1

        begun = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for number in range(int(RATE * seconds)):
                await anyio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
                tasks.start_soon(send, number)
    return statuses


def shown(taken: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{len(taken)} pages, p50 {taken[len(taken) // 2]:.3f} s, p95 {taken[int(len(taken) * 0.95)]:.3f} s"


def measured(served: Served, user: SignedIn, seconds: float, *, is_flooded: bool) -> str:
    """Pages meanwhile, and what became of the flood."""
    over, begun = threading.Event(), time.perf_counter()
    with ThreadPoolExecutor(1) as pool:
        pages = pool.submit(pages_until, served, user, over)
        if is_flooded:
            statuses = anyio.run(flood, served, seconds)
        else:
            time.sleep(seconds)
            statuses = Counter()
        rate = sum(statuses.values()) / (time.perf_counter() - begun)
        over.set()
    return f"{shown(pages.result())}; {rate:.0f} sign-ins a second, answers {dict(sorted(statuses.items()))}"


def main() -> None:
    """Calm, then the flood twice: whatever grows with a flood would grow again."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, serve(Path(folder), _PROXY) as served:
        user, process = sign_in(served.home), psutil.Process(served.pid)
        for name in ("calm", "flood", "flood again"):
            before = process.memory_info().rss
            print(f"load {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")  # noqa: T201
            line = measured(served, user, _CALM_SECONDS if name == "calm" else seconds, is_flooded=name != "calm")
            after = process.memory_info().rss
            print(f"{name}: {line}; RSS {before / 2**20:.0f} -> {after / 2**20:.0f} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
