"""A path swapped for a link in a loop while it is opened: nothing leaves the root."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl_batch.errors import (
    EtlError,
)
from etl_batch.storage import paths
from etl_batch.storage.roots import place
from tests.unit.storage.conftest import text_of

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

RACE_OPENS = int(os.environ.get("ETL_RACE_OPENS", "100000"))  #: over all races


#: RENAME_EXCHANGE swaps two names in one step, so that there is no moment without either.
SWAPPER = """
    import ctypes, os, sys
    libc = ctypes.CDLL(None, use_errno=True)
    real, link = (os.fsencode(name) for name in sys.argv[1:])
    print("swapping", flush=True)
    while os.getppid() == PARENT:
        if libc.renameat2(-100, real, -100, link, 2):
            raise OSError(ctypes.get_errno(), "cannot swap")
"""


@contextmanager
def swapping(real: Path, link: Path) -> Iterator[None]:
    """Another process turns `real` into the link and back, as fast as it can."""
    script = textwrap.dedent(SWAPPER).replace("PARENT", str(os.getpid()))
    command = [sys.executable, "-c", script, str(real), str(link)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as swapper:
        try:
            assert swapper.stdout is not None
            assert swapper.stdout.readline() == b"swapping\n"
            yield
            assert swapper.poll() is None, "the swapper died, so nothing was tested"
        finally:
            swapper.kill()


@pytest.fixture(params=["folder", "file"])
def raced(request: pytest.FixtureRequest, root: Path) -> Iterator[Path]:
    """A path whose folder, or which itself, is swapped for a link to the outside all the time."""
    if request.param == "folder":
        with swapping(root / "folder", root / "link"):
            yield root / "folder" / "data.bin"
        return
    (root / "outlink").symlink_to(root.parent / "outside" / "data.bin")
    with swapping(root / "folder" / "data.bin", root / "outlink"):
        yield root / "folder" / "data.bin"


def race(attempt: Callable[[], str], opens: int, enough: Callable[[Counter[str]], bool]) -> Counter[str]:
    """Try `opens` times, and further until the race has visibly been run (30 s at most)."""
    outcomes: Counter[str] = Counter()
    deadline = time.monotonic() + 30
    while outcomes.total() < opens or (not enough(outcomes) and time.monotonic() < deadline):
        try:
            outcomes[attempt()] += 1
        except (EtlError, OSError) as error:
            outcomes[type(error).__name__] += 1
    return outcomes


@pytest.mark.usefixtures("either_way")
def test_no_swap_leads_outside(root: Path, raced: Path) -> None:
    at = place(raced, [root])
    outcomes = race(
        lambda: text_of(paths.open_input(at)),
        RACE_OPENS // 4,
        lambda seen: bool(seen["inside"] and seen["PathSymlink"]),
    )
    assert set(outcomes) == {"inside", "PathSymlink"}


def test_checking_first_and_opening_then_does_lead_outside(root: Path, raced: Path) -> None:
    """The race is real: what everybody writes loses it. Without this the test above proves nothing."""

    def check_then_open() -> str:
        if not raced.resolve().is_relative_to(root):
            return "refused"
        return text_of(os.open(raced, os.O_RDONLY))

    outcomes = race(check_then_open, 1, lambda seen: bool(seen["OUTSIDE"]))
    assert outcomes["OUTSIDE"]


@pytest.mark.usefixtures("either_way")
def test_nothing_is_created_outside_during_a_swap(root: Path) -> None:
    places = (place(root / "folder" / f"new{number}", [root]) for number in range(1_000_000))

    def create() -> str:
        os.close(paths.create_file(next(places)))
        return "created"

    with swapping(root / "folder", root / "link"):
        outcomes = race(create, RACE_OPENS // 20, lambda seen: bool(seen["created"] and seen["PathSymlink"]))
    assert set(outcomes) == {"created", "PathSymlink"}
    assert os.listdir(root.parent / "outside") == ["data.bin"]  # noqa: PTH208


@pytest.mark.usefixtures("either_way")
def test_no_folder_is_made_or_listed_outside_during_a_swap(root: Path) -> None:
    places = (place(root / "folder" / f"new{number}" / "deep", [root]) for number in range(1_000_000))
    (root.parent / "outside" / "secret").touch()

    def make_and_list() -> str:
        paths.make_folder(next(places))
        return "OUTSIDE" if "secret" in paths.list_folder(place(root / "folder", [root])) else "inside"

    with swapping(root / "folder", root / "link"):
        outcomes = race(make_and_list, RACE_OPENS // 50, lambda seen: bool(seen["inside"] and seen["PathSymlink"]))
    assert set(outcomes) == {"inside", "PathSymlink"}
    assert sorted(os.listdir(root.parent / "outside")) == ["data.bin", "secret"]  # noqa: PTH208
