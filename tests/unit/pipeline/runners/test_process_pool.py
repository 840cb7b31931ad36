"""The pool: a process that loads ahead is the next to be hired."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from operator import call
from pathlib import Path
from typing import Any

import pytest

from etl_batch.errors import NotFound, TimedOut
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits, Usage
from etl_batch.sampling.finish import load_arrow
from etl_batch.values import Sandbox
from tests.conftest import PROJECT

pytestmark = pytest.mark.io

#: a deadline that no run of all tests reaches, however long ago this file was read
LIMITS = Limits(workers=2, memory_bytes=2**31, deadline=time.monotonic() + 86_400)


def has_loaded(module: str) -> tuple[bool, int]:
    return module in sys.modules, os.getpid()


def allocator(_: None) -> str:
    import pyarrow as pa

    return str(pa.default_memory_pool().backend_name)


def load(_: None) -> None:
    """As a job does; being of this file, it has the worker import the file before it is shut in."""
    load_arrow(None)


def fail(_: None) -> None:
    raise NotFound("nothing to load")


def loaded_ahead() -> None:
    """In a process of its own: workers know what theirs was told to load, if only by another test."""
    with ProcessPool() as pool:
        ((before, first),) = pool.map(has_loaded, ["pyarrow._parquet"], LIMITS)
        pool.load_ahead(load, LIMITS)
        pool.load_ahead(load, LIMITS)  # one is enough
        ahead, old = pool.map(has_loaded, ["pyarrow._parquet"] * 2, LIMITS)
    assert not before
    assert ahead[0]
    assert old == (False, first)


def test_what_was_loaded_ahead_is_there_and_only_there() -> None:
    script = f"from {__name__} import loaded_ahead; loaded_ahead()"
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, timeout=240, check=True)


_WITH_PYARROW = """
import sys
from multiprocessing import forkserver
from pathlib import Path
from etl_batch.pipeline.runners.ahead import ANY_INPUT, PARQUET_OUTPUT
from etl_batch.pipeline.runners.process_pool import ProcessPool
from tests.unit.pipeline.runners.test_process_pool import LIMITS, allocator, has_loaded

with ProcessPool(ahead=[PARQUET_OUTPUT] if sys.argv[1] == "parquet" else ANY_INPUT) as pool:
    ((is_loaded, _),) = pool.map(has_loaded, ["pyarrow.parquet"], LIMITS)
    used = list(pool.map(allocator, [None], LIMITS)) if is_loaded else []
    pid = str(forkserver._forkserver._forkserver_pid)
    others = [task for task in Path(f"/proc/{pid}/task").iterdir() if task.name != pid]
    print(is_loaded, used, [(task / "comm").read_text().strip() for task in others])
"""


@pytest.mark.parametrize(("output", "loaded"), [("csv", "False []"), ("parquet", "True ['system']")])
def test_what_parquet_takes_is_loaded_once_where_it_is_written_and_starts_no_thread(output: str, loaded: str) -> None:
    """A process of one thread is forked as it is; of others, each fork might copy a lock that nobody opens again."""
    command = [sys.executable, "-c", _WITH_PYARROW, output]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as commands set it
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.stdout, done.stderr) == (f"{loaded} []\n", "")


def test_the_end_of_a_job_goes_to_the_one_that_has_loaded() -> None:
    with ProcessPool() as pool:
        pool.load_ahead(load, LIMITS)
        ((loaded, _),) = pool.map(has_loaded, ["pyarrow._parquet"], LIMITS)
    assert loaded


def test_an_error_while_loading_is_told_where_it_is_needed() -> None:
    with ProcessPool() as pool:
        pool.load_ahead(fail, LIMITS)
        with pytest.raises(NotFound, match="nothing to load"):
            list(pool.map(has_loaded, ["sys"], LIMITS))


def test_no_garbage_is_looked_for_until_there_are_workers() -> None:
    """All that is loaded before stays: to look through it again and again took as long as the kernels take to load."""
    with ProcessPool() as pool:  # functions of Python's own: to load this file would be garbage enough
        asked: list[Any] = [gc.get_stats, gc.isenabled, gc.get_freeze_count]
        looks, is_enabled, kept = pool.map(call, asked, LIMITS)
    assert sum(generation["collections"] for generation in looks) < 40  # 80 and more otherwise
    assert (is_enabled, kept > 10_000) == (True, True)


#: a program that says so each time it is run
_PROGRAM = """
from multiprocessing import resource_tracker
print("program")
from etl_batch.pipeline.runners.process_pool import ProcessPool
from tests.unit.pipeline.runners.test_process_pool import LIMITS, has_loaded
with ProcessPool() as pool:
    print(*(loaded for loaded, _ in pool.map(has_loaded, ["sys"], LIMITS)))
print(resource_tracker._resource_tracker._pid)
"""


def test_a_job_starts_no_process_beside_workers_and_runs_the_program_once(tmp_path: Path) -> None:
    """The tracker of resources is a Python of its own; a program without a guard would start a job in each worker."""
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    command = [sys.executable, str(program)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert (done.stdout, done.stderr) == ("program\nTrue\nNone\n", "")


def tells_tracker(told: Connection) -> None:
    """In a process of somebody else: where it reports resources to."""
    number = resource_tracker._resource_tracker._fd  # type: ignore[attr-defined]
    told.send(str(Path(f"/proc/self/fd/{number}").readlink()))


def others_processes() -> list[str]:
    """Where processes of others report to, without a tracker and with one."""
    found = []
    with ProcessPool() as pool:
        list(pool.map(has_loaded, ["sys"], LIMITS))
    context = multiprocessing.get_context("forkserver")
    for lock in (None, context.Lock):
        _made = lock and lock()
        heard, told = context.Pipe(duplex=False)
        process = context.Process(target=tells_tracker, args=(told,))
        process.start()
        found.append(heard.recv())
        process.join()
    return found


def test_a_tracker_that_somebody_else_needs_is_handed_on() -> None:
    script = f"from {__name__} import others_processes; print(*others_processes())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stderr == ""
    assert [line.partition(":")[0] for line in done.stdout.split()] == ["/dev/null", "pipe"]


def hang(_: None) -> None:
    time.sleep(600)


def test_one_that_hangs_while_it_loads_is_not_waited_for_beyond_the_time_limit() -> None:
    with ProcessPool() as pool:
        pool.load_ahead(hang, LIMITS)
        with pytest.raises(TimedOut):
            list(pool.map(has_loaded, ["sys"], replace(LIMITS, deadline=time.monotonic() + 0.5)))


_KILLED_WHILE_IT_STARTS_ONE = """
import os
from multiprocessing import forkserver
forkserver.set_forkserver_preload(["etl_batch.pipeline.runners.fork_server"])
status, orders = forkserver.connect_to_new_process([])
os.close(orders)  # as the kernel does for a parent that was killed
while os.read(status, 64):
    pass
"""


def test_a_worker_whose_parent_was_killed_before_it_said_what_to_do_is_silent() -> None:
    command = [sys.executable, "-c", _KILLED_WHILE_IT_STARTS_ONE]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_weakest_worker_says_what_all_were_shut_in_with() -> None:
    whole = Sandbox(landlock_abi=7, filesystem=True, network=True, seccomp=True, no_new_privs=True)
    some = replace(whole, landlock_abi=3, network=False)
    assert (Usage(1, 0.5) + Usage(2, 0.5)) == Usage(3, 1.0)
    assert (Usage(1, 0.0) + Usage(2, 0.0, whole) + Usage(3, 0.0, some) + Usage(4, 0.0, whole)).sandbox == some
