"""Workers are shut in: what they may not do is tried for real, in a real pool; what they do stays the same."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import WorkerCrashed
from etl_batch.kernels.cache_folder import cache_folder
from etl_batch.machine.sandbox import offered
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits
from tests.conftest import PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.sandbox_tasks import Targets, everything, harmless, in_a_thread, open_descriptors, order_to_make

LIMITS = Limits(workers=1, memory_bytes=2**31, deadline=time.monotonic() + 86_400)
REFUSED = {errno.EACCES, errno.EPERM, errno.EXDEV}
SIGNALS_SINCE = 6  #: version of Landlock
BY_SECCOMP = {
    "socket",
    "socketpair",
    "connect, unix",
    "io_uring",
    "allow to all",
    "date back",
}  # no other means sees it


@contextlib.contextmanager
def _listening(family: int, address: tuple[str, int] | str) -> Iterator[socket.socket]:
    with socket.socket(family) as listener:
        listener.bind(address)
        listener.listen()
        yield listener


@pytest.fixture
def targets(home: Home) -> Iterator[Targets]:
    secrets = home.path / ".secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "x").write_text("secret")
    data = home.put("a.bin", records(10), LAYOUT)
    other = home.path / "notes.txt"
    other.write_text("private")
    with (
        _listening(socket.AF_INET, ("127.0.0.1", 0)) as tcp,
        _listening(socket.AF_UNIX, f"{home.path}/s") as unix,
    ):
        yield Targets(
            read=(secrets / "x", data, other, Path("/etc/passwd"), Path("/proc/1/environ")),
            listed=(secrets, home.path, home.output, Path("/"), Path("/tmp")),  # noqa: S108
            changed=other,
            folder=home.output,
            port=tcp.getsockname()[1],
            unix=unix.getsockname(),
            pid=os.getpid(),
        )


@pytest.mark.parametrize("attempt", [everything, in_a_thread])
def test_what_a_worker_tries_is_refused(home: Home, targets: Targets, attempt: object) -> None:
    here = offered()
    with ProcessPool(home.path) as pool:
        (found,) = pool.map(attempt, [targets], LIMITS)  # type: ignore[arg-type, var-annotated]
    by_calls = {name for name in found if name.startswith("socket") or name in BY_SECCOMP}
    holds = {"connect": here.network, "signal the parent": here.landlock_abi >= SIGNALS_SINCE, "empty": here.seccomp}
    expected = {name: holds.get(name, here.seccomp if name in by_calls else here.filesystem) for name in found}
    assert {name for name, number in found.items() if number not in REFUSED and expected[name]} == set()
    assert targets.changed.read_text() == "private"
    assert os.listdir(home.output) == []  # noqa: PTH208


def test_what_a_worker_says_has_the_parent_do_nothing(home: Home) -> None:
    made = home.output / "made by the parent"
    with ProcessPool(home.path) as pool, pytest.raises(WorkerCrashed, match="no result"):
        list(pool.map(order_to_make, [made], LIMITS))
    assert not made.exists()


def test_no_way_to_the_process_that_forks_is_left_open(home: Home) -> None:
    with ProcessPool(home.path) as pool:
        (found,) = pool.map(open_descriptors, [None], LIMITS)
    assert len(found) == 4, found  # the standard ones, and the way to the parent


_AS_SOMEBODY = """
import json, os, sys
from pathlib import Path
from etl_batch.machine.sandbox import shut_in
from etl_batch.pipeline.runners.worker_policy import worker_policy
from tests.helpers.sandbox_tasks import Targets, some

policy = worker_policy(Path(sys.argv[1]))
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
theirs = Path(sys.argv[2])
targets = Targets(read=(theirs, Path("/etc/passwd")), listed=(theirs.parent,), changed=theirs, folder=theirs.parent)
read = [f"read {theirs}", "read /etc/passwd", f"list {theirs.parent}", "change"]
before = some(targets, read)
found = shut_in(policy)
after = some(targets, [*read, "remove", "rename", "make a file"])
print(json.dumps([os.geteuid(), found.filesystem, found.seccomp, before, after]))
"""


#: a program that starts pools, and says which variables they know
_WITH_ALL_OF_A_SHELL = """
import json, os, signal, sys, time
from multiprocessing import forkserver
from pathlib import Path
from etl_batch.pipeline.runners.runner import Limits
from etl_batch.pipeline.runners.process_pool import ProcessPool
from tests.helpers.sandbox_tasks import variables

limits = Limits(workers=1, memory_bytes=2**31, deadline=time.monotonic() + 86_400)

def seen(pool):
    (inside,) = pool.map(variables, [None], limits)
    started = (pool._workers[0].process.pid, forkserver._forkserver._forkserver_pid)
    assert None not in started
    blocks = [Path(f"/proc/{pid}/environ").read_bytes() for pid in started]
    return [inside, *(sorted(line.split("=")[0] for line in block.decode().split("\\0") if line) for block in blocks)]

with ProcessPool() as pool:
    found = seen(pool)
os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
os.waitid(os.P_PID, forkserver._forkserver._forkserver_pid, os.WEXITED | os.WNOWAIT)
with ProcessPool() as pool:  # another is started
    found += seen(pool)
print(json.dumps(found))
"""


def test_workers_and_what_they_are_forked_from_know_the_listed_variables_only() -> None:
    """F: /proc/PID/environ of all of them showed whatever the shell had, a secret of it among that."""
    listed = {"PATH": os.environ["PATH"], "ETL_LIMIT_JOBS_AT_ONCE": "1", "OPENBLAS_NUM_THREADS": "1"}
    secrets = {"AWS_SECRET_ACCESS_KEY": "sentinel", "ETL_OIDC_SECRET": "sentinel", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", _WITH_ALL_OF_A_SHELL]
    done = subprocess.run(
        command, cwd=PROJECT, env=listed | secrets, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == 6
    for names in found:
        assert set(names) - {"LC_CTYPE"} == set(listed)  # which Python sets itself, where the locale is C


def test_an_unprivileged_user_is_shut_in_as_well(home: Home) -> None:
    """One of its own files, in its own folder: nothing but the sandbox refuses it."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = Path(folder) / "own"
        theirs.write_text("private")
        if os.geteuid() == 0:
            for path in (theirs, theirs.parent):
                os.chown(path, 65534, 65534)
        command = [sys.executable, "-c", _AS_SOMEBODY, str(home.path), str(theirs)]
        alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, cwd=PROJECT, env=alone, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        user, filesystem, seccomp, before, after = json.loads(done.stdout)
        assert user != 0
        assert (filesystem, seccomp) == (offered().filesystem, offered().seccomp)
        assert set(before.values()) == {None}
        if filesystem:
            assert set(after.values()) == {errno.EACCES}
        assert theirs.read_text() == "private"


def test_what_a_worker_needs_it_can_do(home: Home) -> None:
    with ProcessPool(home.path) as pool:
        (found,) = pool.map(harmless, [None], LIMITS)
    assert set(found.values()) == {None}, found


def test_the_metadata_say_what_was_in_force(home: Home, command: Command) -> None:
    home.put("a.bin", records(1000), LAYOUT)
    done = command("etl_batch/etl_core.py", "-o", home.output / "out.csv", "--json", "--quiet")
    here = offered()
    assert done.json()["sandbox"] == {
        "landlock_abi": here.landlock_abi,
        "filesystem": here.filesystem,
        "network": here.network,
        "seccomp": here.seccomp,
        "no_new_privs": True,
    }
    assert json.loads((home.output / "out.csv.meta.json").read_text())["sandbox"] == done.json()["sandbox"]


def _as_on(command: Command, home: Home, lacking: str, refusal: int, *flags: object) -> tuple[dict[str, object], bytes]:
    """The metadata's word and the bytes of the outputs of a job on a kernel that lacks something."""
    outputs = (home.output / "out.csv", home.output / "out.parquet")
    job = ("etl_batch/etl_core.py", "-o", outputs[0], "-p", outputs[1], "--json", "--quiet", *flags)
    started = ("-m", "tests.helpers.older_kernel", lacking, str(refusal), *job) if lacking else job
    done = command(*started)
    assert done.code == 0, done.err
    return done.json()["sandbox"], b"".join(path.read_bytes() for path in outputs)


@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM])
def test_a_kernel_that_has_nothing_of_it_works_and_says_so(home: Home, command: Command, refusal: int) -> None:
    home.put("a.bin", records(2000), LAYOUT)
    _, usual = _as_on(command, home, "", 0)
    said, found = _as_on(command, home, "landlock,seccomp", refusal)
    nothing = {"landlock_abi": 0, "filesystem": False, "network": False, "seccomp": False, "no_new_privs": True}
    assert (said, found) == (nothing, usual)


@pytest.mark.parametrize("lacking", ["landlock", "seccomp"])
def test_a_kernel_that_has_one_of_the_two_uses_it(home: Home, command: Command, lacking: str) -> None:
    here = offered()
    home.put("a.bin", records(2000), LAYOUT)
    said, _ = _as_on(command, home, lacking, errno.ENOSYS)
    assert said["filesystem"] == (here.filesystem and lacking != "landlock")
    assert said["seccomp"] == (here.seccomp and lacking != "seccomp")
    assert said["network"] == (said["seccomp"] or (here.network and here.landlock_abi >= 4 and lacking != "landlock"))


TEXT = "id,name,price\n" + "".join(f"{number},Änne {number % 7},{number}.5\n" for number in range(4000))
BROKEN = TEXT.replace("\n1000,", "\n1000,too,many,", 1)


def _parquet(path: Path) -> None:
    table = pa.table({"id": range(5000), "name": [f"=name {number % 11}" for number in range(5000)]})
    pq.write_table(table, path, row_group_size=800)


def _bin(home: Home) -> None:
    home.put("a.bin", records(5000), LAYOUT)
    home.put("b.bin", records(700, seed=1), LAYOUT)


def _mixed(home: Home) -> None:
    home.put("a.csv", TEXT.encode())
    table = pa.table({"id": [1, 2], "name": ["a", "b"], "price": [0.5, 1.5]})
    pq.write_table(table, home.data / "b.parquet")


WORK: dict[str, tuple[Callable[[Home], object], tuple[str, ...]]] = {
    "bin": (_bin, ("--chunk-bytes", "30000", "--strata", "product", "--measures", "quantity")),
    "csv": (lambda home: home.put("a.csv", TEXT.encode()), ("--chunk-bytes", "10000")),
    "cp037": (lambda home: home.put("a.csv", TEXT.encode("cp037")), ("--encoding", "cp037", "--chunk-bytes", "10000")),
    "utf-16": (lambda home: home.put("a.csv", TEXT.encode("utf-16")), ("--encoding", "utf-16")),
    "CR LF": (lambda home: home.put("a.csv", TEXT.replace("\n", "\r\n").encode()), ()),
    "cp037, quarantine": (
        lambda home: home.put("a.csv", BROKEN.encode("cp037")),
        ("--encoding", "cp037", "--on-bad-row", "quarantine", "--chunk-bytes", "10000"),
    ),
    "quarantine": (lambda home: home.put("a.csv", BROKEN.encode()), ("--on-bad-row", "quarantine")),
    "parquet": (lambda home: _parquet(home.data / "a.parquet"), ("--chunk-bytes", "10000")),
    "mixed": (_mixed, ()),
    "memory limit": (_bin, ("--memory-limit", "700")),
}


@pytest.mark.parametrize("work", WORK)
def test_a_job_gives_the_same_bytes_shut_in_or_not(home: Home, command: Command, work: str) -> None:
    put, flags = WORK[work]
    put(home)
    _, usual = _as_on(command, home, "landlock,seccomp", errno.ENOSYS, *flags)
    said, found = _as_on(command, home, "", 0, *flags)
    here = offered()
    assert (said["filesystem"], said["network"], said["seccomp"]) == (here.filesystem, here.network, here.seccomp)
    assert found == usual


def test_a_folder_of_parts_from_outside_of_the_home(
    home: Home, command: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.layout.toml").write_text(LAYOUT)
    (elsewhere / "a.bin").write_bytes(records(5000))
    job = ("etl_batch/etl_core.py", "-i", elsewhere / "a.bin", "-p", f"{home.output}/parts/", "--chunk-bytes", "50000")
    done = command(*job, "--json", "--quiet", ETL_INPUT_ROOTS=str(elsewhere))
    assert done.code == 0, done.err
    assert done.json()["sandbox"]["filesystem"] == offered().filesystem
    assert pq.read_table(home.output / "parts").num_rows == 5000
    assert len(list((home.output / "parts").glob("*.parquet"))) == 4


def test_a_kernel_that_is_not_compiled_yet_is_compiled_and_kept_by_a_worker(
    home: Home, command: Command, tmp_path: Path
) -> None:
    """One only: all of them take a minute. Once all are there, no worker may add to them."""
    tree = tmp_path / "tree"
    home.put("a.bin", records(2000), f'encoding = "latin-1"\n{LAYOUT}')
    _, usual = _as_on(command, home, "", 0)
    ours = cache_folder()
    shutil.copytree(PROJECT / "etl_batch", tree / "etl_batch", ignore=shutil.ignore_patterns("*.pyc"))
    theirs = tree / "etl_batch" / "kernels" / "__pycache__" / ours.name
    shutil.copytree(ours, theirs, dirs_exist_ok=True)
    (code,) = theirs.glob("decode.transcode_text-*.o")
    code.unlink()
    done = command("etl_batch/etl_core.py", "-o", home.output / "out.csv", "--json", "--quiet", cwd=tree)
    assert done.code == 0, done.err
    assert done.json()["sandbox"]["filesystem"] == offered().filesystem
    assert usual.startswith((home.output / "out.csv").read_bytes())
    assert code.exists()
