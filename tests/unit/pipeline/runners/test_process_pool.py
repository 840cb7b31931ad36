"""The pool: a process that loads ahead is the next to be hired."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

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
        ((before, first),) = pool.map(has_loaded, ["pyarrow.parquet"], LIMITS)
        pool.load_ahead(load, LIMITS)
        pool.load_ahead(load, LIMITS)  # one is enough
        ahead, old = pool.map(has_loaded, ["pyarrow.parquet"] * 2, LIMITS)
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
from etl_batch.pipeline.runners.process_pool import ProcessPool
from tests.unit.pipeline.runners.test_process_pool import LIMITS, allocator, has_loaded

with ProcessPool(writes_parquet=sys.argv[1] == "parquet") as pool:
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
        ((loaded, _),) = pool.map(has_loaded, ["pyarrow.parquet"], LIMITS)
    assert loaded


def test_an_error_while_loading_is_told_where_it_is_needed() -> None:
    with ProcessPool() as pool:
        pool.load_ahead(fail, LIMITS)
        with pytest.raises(NotFound, match="nothing to load"):
            list(pool.map(has_loaded, ["sys"], LIMITS))


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
