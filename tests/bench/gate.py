"""The gate under load: `python -m tests.bench.gate tries|signins|sockets`; numbers on standard output.

tries: how long known, unknown, disabled and locked users wait for the same answer. signins: what twenty at once do to
the pages. sockets: fifty signed-in pages that run again and again for a minute.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from auth import signing_in, user_admin
from auth.accounts import Accounts
from auth.hashing import PasswordHasher, calibrated_rounds
from auth.keys import load_keys
from auth.roles import Role
from auth.signing_in import Attempt
from auth.store import AccountStore, store_of
from tests.acceptance.test_gate_served import open_socket, run_page
from tests.helpers.gate import OPERATOR, PASSWORD, form_of
from tests.helpers.served import Served, serve
from tests.helpers.streamlit_page import sign_in

TRIES = 200
KINDS = ("known", "unknown", "disabled", "locked")


def tries(home: Path) -> None:
    """Medians of equal tries; the kinds take turns, so that a busy moment meets all of them."""
    store = AccountStore(home)
    keys = load_keys(store)
    accounts = Accounts(store=store, keys=keys, hasher=PasswordHasher(keys, calibrated_rounds(store)))
    for name in ("keeper", "known", "disabled", "locked"):
        user_admin.create_user(accounts, OPERATOR, name, Role.SUPER_ADMIN, PASSWORD)
    user_admin.set_disabled(accounts, OPERATOR, "disabled", disabled=True)
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(5):
        signing_in.sign_in(accounts, Attempt(name="locked", password="wrong"))
    for number in range(TRIES):
        for kind in KINDS:
            with store.writing() as tx:  # only the locked one waits
                locked = [keys.of_throttle("account", "locked")]
                tx.change("forget_throttles", before=float("inf"))
                for key in locked:
                    tx.change("set_throttle", key=key, failures=12, failed_at=time.time())
            begun = time.perf_counter()
            signing_in.sign_in(accounts, Attempt(name=kind, password="wrong", address=f"{kind} {number}"))
            seconds[kind].append(time.perf_counter() - begun)
    medians = {kind: statistics.median(taken) for kind, taken in seconds.items()}
    print({kind: f"{1000 * median:.1f} ms" for kind, median in medians.items()})  # noqa: T201
    print(f"bcrypt rounds {accounts.hasher.rounds}; spread {max(medians.values()) / min(medians.values()) - 1:.2%}")  # noqa: T201


def signins(served: Served) -> None:
    """Twenty users sign in at once, while somebody asks for a page again and again."""
    store = store_of(served.home)
    keys = load_keys(store)
    accounts = Accounts(store=store, keys=keys, hasher=PasswordHasher(keys, calibrated_rounds(store)))
    for number in range(20):
        user_admin.create_user(accounts, OPERATOR, f"user {number}", Role.ANALYST, PASSWORD)
    visitor = sign_in(served.home)
    over, waits = threading.Event(), []

    def look() -> None:
        with httpx2.Client(headers={"cookie": f"etl_session={visitor.token}"}) as client:
            while not over.is_set():
                begun = time.perf_counter()
                assert client.get(f"{served.url}/account", timeout=60).status_code == 200
                waits.append(time.perf_counter() - begun)

    def enter(number: int) -> float:
        with httpx2.Client(base_url=served.url, timeout=120) as client:
            fields = {**form_of(client.get("/login")), "username": f"user {number}", "password": PASSWORD}
            begun = time.perf_counter()
            assert client.post("/login", data=fields, headers={"origin": served.url}).status_code == 303
            return time.perf_counter() - begun

    looking = threading.Thread(target=look)
    looking.start()
    with ThreadPoolExecutor(20) as pool:
        taken = sorted(pool.map(enter, range(20)))
    over.set()
    looking.join()
    print(f"20 sign-ins: {taken[0]:.2f} to {taken[-1]:.2f} s")  # noqa: T201
    waits.sort()
    print(f"{len(waits)} pages meanwhile: median {waits[len(waits) // 2]:.3f} s, longest {waits[-1]:.3f} s")  # noqa: T201


def sockets(served: Served, *, count: int = 50, seconds: float = 60.0) -> None:
    """Fifty users, each with an open page that runs again and again and must show that user's name only."""
    users = [sign_in(served.home, list(Role)[number % 3], f"visitor number {number} end") for number in range(count)]
    until, runs, wrong = time.monotonic() + seconds, [0] * count, []

    def visit(number: int) -> None:
        with open_socket(served, users[number]) as socket:
            while time.monotonic() < until:
                drawn = run_page(socket).replace("\\", "")
                names = {other for other in range(count) if f"visitor number {other} end" in drawn}
                if names != {number} or "encountered an error" in drawn:
                    wrong.append((number, names))
                runs[number] += 1

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(visit, number) for number in range(count)]:
            done.result()
    printed = served.log.read_text()
    said = printed[-400:] if "rror" in printed else "no error"
    each = f"{min(runs)} to {max(runs)} each"
    print(f"{count} websockets, {seconds:.0f} s: {sum(runs)} runs, {each}; wrong: {len(wrong)}; printed: {said}")  # noqa: T201
    if wrong:
        raise SystemExit(f"pages with other users' names or errors: {wrong[:5]}")


def main() -> None:
    """Run one of the measurements."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        home = Path(folder)
        if sys.argv[1:] == ["tries"]:
            tries(home)
            return
        with serve(home) as served:
            {"signins": signins, "sockets": sockets}[sys.argv[1]](served)


if __name__ == "__main__":
    main()
