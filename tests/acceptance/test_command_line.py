"""The commands as a user runs them: from anywhere, with any Python flags, and with any input."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, record, records
from tests.helpers.job_helpers import spans_done, until, workers_of

CORE = PROJECT / "etl_batch" / "etl_core.py"


@pytest.mark.parametrize("python", [(), ("-O",), ("-W", "error")], ids=["plain", "optimised", "warnings"])
@pytest.mark.parametrize("start", [(CORE,), ("-m", "etl_batch", "run")], ids=["file", "module"])
def test_runs_from_another_directory(
    home: Home, command: Command, tmp_path: Path, start: tuple[str, ...], python: tuple[str, ...]
) -> None:
    home.put("x.bin", records(50), LAYOUT)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = command(*start, "-i", home.data / "x.bin", "-o", home.output / "x.csv", cwd=elsewhere, python=python)
    assert done.code == 0, done.err
    assert done.out == ""
    for line in (
        "🚀 Starting Quantum ETL Pipeline...",
        "Parsing x.bin: |",
        "✅ Ingestion complete",
        "✨ Pipeline Success! ✨",
    ):
        assert line in done.err
    assert len((home.output / "x.csv").read_text().splitlines()) == 51


def test_relative_paths_and_defaults(home: Home, command: Command) -> None:
    home.put("x.bin", records(5), LAYOUT)
    assert command(CORE, "-i", "./data/x.bin", "-o", "./output/x.csv", cwd=home.path).code == 0
    assert command(CORE).code == 0
    assert (home.output / "data.csv").read_bytes() == (home.output / "x.csv").read_bytes()


def test_json_and_quiet(home: Home, command: Command) -> None:
    home.put("x.bin", records(5), LAYOUT)
    done = command(CORE, "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert done.json()["rows_out"] == 5


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-i", "../../sensitive_data.bin"], "E_PATH_TRAVERSAL", "Path traversal detected"),
        (["-i", "/etc/passwd"], "E_PATH_TRAVERSAL", "ETL_INPUT_ROOTS"),
        (["-i", ""], "E_PATH_EMPTY", ""),
        (["-i", "data/a\u202eb.bin"], "E_PATH_CHARS", ""),
        (["-i", f"data/{'n' * 300}.bin"], "E_PATH_NAME_TOO_LONG", ""),
        (["-i", "data/missing.bin"], "E_NOT_FOUND", "missing.bin"),
        (["-i", "data/link.bin"], "E_PATH_SYMLINK", "link.bin"),
        (["-i", "data/hard.bin"], "E_HARDLINK", "hard.bin"),
        (["-i", "data/fifo.bin"], "E_NOT_REGULAR", "fifo.bin"),
        (["-i", "data/empty.bin"], "E_EMPTY", "empty.bin"),
        (["-i", "data/short.bin"], "E_TRUNCATED_RECORD", "1 bytes into a record of 40, at byte 40"),
        (["-i", "data/notes.txt"], "E_FORMAT_EXTENSION", ".txt"),
        (["-i", "data/alone/y.bin"], "E_LAYOUT_MISSING", "y.layout.toml"),
        (["-i", "data/x.bin", "--layout", "data/bad.toml"], "E_LAYOUT", "field 'a'"),
        (["-i", "data/nothing"], "E_EMPTY", "demo-data"),
        (["-i", "data/x.bin", "--max-size-gb", "0.00000001"], "E_SIZE_LIMIT", ""),
        (["-i", "data/x.bin", "-w", "0"], "E_CONFIG", "--workers"),
        (["-i", "data/x.bin", "-w", "many"], "E_CONFIG", "--help"),
        (["-i", "data/x.bin", "--no-such-flag"], "E_CONFIG", "--help"),
        (["-i", "data/x.bin", "-o", "data/out.csv"], "E_PATH_TRAVERSAL", "output"),
        (["-i", "data/x.bin", "-o", "output/link.csv"], "E_PATH_SYMLINK", "link.csv"),
        (["-i", "data/x.bin", "-o", "output/folder"], "E_NOT_REGULAR", "is a folder; the output would be a plain file"),
        (["-i", "data/x.bin", "-o", "output/pipe"], "E_NOT_REGULAR", "is a pipe; the output would be a plain file"),
        (["-i", "data/x.bin", "-p", "output/pipe/"], "E_NOT_REGULAR", "would be a folder of part files"),
        (["-i", "data/x.bin", "-o", "output/pipe/"], "E_NOT_REGULAR", "would be a folder of part files"),
        (["-i", "data/x.bin", "-o", "output/x/", "-p", "output/x/"], "E_CONFIG", "output/x would replace"),
        (["-i", "data/x.bin", "-o", "output"], "E_NOT_REGULAR", "is a folder that outputs go to"),
        (["-i", "data/x.bin", "-p", "output/"], "E_NOT_REGULAR", "give a name inside it"),
        (["-i", "data/x.bin", "-o", ""], "E_PATH_EMPTY", ""),
        (["-i", "data/x.bin", "-o", f"output/{'n' * 220}.csv"], "E_PATH_NAME_TOO_LONG", ".bak."),
        (["-i", "data/x.bin", "--metadata", "output/m/"], "E_CONFIG", "--metadata"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_line(
    home: Home, command: Command, arguments: list[str], code: str, says: str
) -> None:
    home.put("x.bin", record(1), LAYOUT)
    home.put("short.bin", record(1) + b"x", LAYOUT)
    home.put("empty.bin", b"", LAYOUT)
    home.put("notes.txt", b"hello")
    home.put("bad.toml", b'record_size = 4\n[[field]]\nname = "a"\ntype = "u64"\n')
    (home.data / "alone").mkdir()
    (home.data / "alone" / "y.bin").write_bytes(b"1234")
    (home.data / "nothing").mkdir()
    (home.data / "link.bin").symlink_to(home.data / "x.bin")
    home.put("original.bin", record(1))
    (home.data / "hard.bin").hardlink_to(home.data / "original.bin")
    os.mkfifo(home.data / "fifo.bin")
    os.mkfifo(home.output / "pipe")
    (home.output / "link.csv").symlink_to(home.output / "elsewhere.csv")
    (home.output / "folder").mkdir()
    done = command(CORE, "--quiet", *arguments, cwd=home.path)
    assert done.code == 2
    assert done.err.startswith(f"error[{code}]: ")
    assert done.err.count("\n") == 1
    assert says in done.err
    assert done.out == ""


def test_more_input_roots(command: Command, tmp_path: Path) -> None:
    outside = tmp_path / "more"
    outside.mkdir()
    (outside / "x.bin").write_bytes(record(1))
    (outside / "layout.toml").write_text(LAYOUT)
    assert command(CORE, "-i", outside / "x.bin").code == 2
    assert command(CORE, "-i", outside / "x.bin", ETL_INPUT_ROOTS=str(outside)).code == 0


def _started(home: Home, *flags: str) -> subprocess.Popen[str]:
    """A job that takes a while, in a process group of its own, seen at work."""
    job = _begun(home, *flags)
    assert _is_at_work(home, job), job.communicate()[1]
    return job


def _begun(home: Home, *flags: str, rows: int = 40_000_000) -> subprocess.Popen[str]:
    (home.data / "big.bin").write_bytes(b"")
    os.truncate(home.data / "big.bin", 40 * rows)
    (home.data / "big.layout.toml").write_text(LAYOUT)
    places = ["-i", str(home.data / "big.bin"), "-o", str(home.output / "big.csv")]
    return subprocess.Popen(
        [sys.executable, str(CORE), *places, "-w", "2", *flags],
        env={**os.environ, "ETL_HOME": str(home.path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _is_at_work(home: Home, job: subprocess.Popen[str]) -> bool:
    """Whether the job, in the end, has done a span; False: it is over."""
    return bool(until(lambda: spans_done(home, "big.csv") or job.poll() is not None) and job.poll() is None)


def _can_go_on(home: Home, err: str) -> bool:
    """The job's files are there, and its last line says how to go on."""
    says = "--resume goes on where it stopped" in err.splitlines()[-1]
    return says and {".big.csv.journal"} < set(home.leftovers())


def _all_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=60)
    return not alive


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_cancelled_by_a_signal(home: Home, sent: signal.Signals) -> None:
    (home.output / "big.csv").write_text("old")
    job = _started(home)
    below = psutil.Process(job.pid).children(recursive=True)
    job.send_signal(sent)
    _, err = job.communicate(timeout=240)
    assert job.returncode == 4, err
    assert "error[E_CANCELLED]" in err
    assert "Traceback" not in err
    assert (home.output / "big.csv").read_text() == "old"
    assert _can_go_on(home, err)
    assert _all_gone(below)


def test_a_killed_worker_fails_the_job(home: Home) -> None:
    (home.output / "big.csv").write_text("old")
    job = _started(home)
    fork_server = next(process for process in psutil.Process(job.pid).children() if process.children())
    busiest = max(fork_server.children(), key=lambda process: process.cpu_times().user)
    busiest.kill()
    _, err = job.communicate(timeout=240)
    assert job.returncode == 3, err
    assert "error[E_WORKER_CRASHED]" in err
    assert (home.output / "big.csv").read_text() == "old"
    assert _can_go_on(home, err)


def test_a_killed_parent_leaves_no_workers(home: Home) -> None:
    job = _started(home)
    below = psutil.Process(job.pid).children(recursive=True)
    job.kill()
    job.communicate(timeout=240)
    assert _all_gone(below)
    assert not (home.output / "big.csv").exists()


def test_an_input_cut_short_under_the_job(home: Home) -> None:
    job = _started(home)
    os.truncate(home.data / "big.bin", 1000)
    _, err = job.communicate(timeout=240)
    assert job.returncode == 3, err
    assert "error[E_INPUT_CHANGED]" in err
    assert not (home.output / "big.csv").exists()
    assert home.leftovers() == []


def test_the_time_limit(home: Home) -> None:
    """Its workers are held, so that no machine is too fast; a slow one gets more time to begin."""
    for seconds in (5, 20, 80):
        job = _begun(home, "--time-limit", str(seconds))
        if _is_at_work(home, job):
            break
        job.communicate(timeout=240)
    with contextlib.suppress(psutil.NoSuchProcess):
        for worker in workers_of(psutil.Process(job.pid)):
            worker.suspend()
    _, err = job.communicate(timeout=240)
    assert job.returncode == 4, err
    assert "error[E_TIMEOUT]" in err
    assert _can_go_on(home, err)


def test_the_memory_limit(home: Home, command: Command) -> None:
    home.put("x.bin", records(200_000), LAYOUT)
    done = command(CORE, "--memory-limit", "300", "-i", home.data / "x.bin")
    assert done.code == 0, done.err
    done = command(CORE, "--memory-limit", "8", "-i", home.data / "x.bin")
    assert done.code == 3
    assert "error[E_MEMORY]" in done.err or "error[E_WORKER_CRASHED]" in done.err


def test_a_full_disk_keeps_the_old_output(home: Home, command: Command) -> None:
    (home.output / "data.csv").write_text("old")
    home.put("x.bin", records(100_000), LAYOUT)
    limited = "import resource,sys; resource.setrlimit(resource.RLIMIT_FSIZE,(1_000_000,)*2); "
    limited += "from etl_batch.etl_core import main; sys.exit(main())"
    done = command("-c", limited)
    assert done.code == 3
    assert "error[E_DISK_FULL]" in done.err
    assert (home.output / "data.csv").read_text() == "old"
    assert home.leftovers() == []


def test_preview_shows_rows_beside_their_bytes(home: Home, command: Command) -> None:
    home.put("x.bin", record(1, "=1+1") + record(2, "", paid=7), LAYOUT)
    done = command("-m", "etl_batch", "preview", home.data / "x.bin")
    assert done.code == 0, done.err
    assert "2 records of 40 bytes" in done.out
    assert "3d 31 2b 31" in done.out
    assert '"\'=1+1"' in done.out
    assert "(null)" in done.out
    assert "!! a bool is 0 or 1" in done.out
    found = command("-m", "etl_batch", "preview", home.data / "x.bin", "--json", "--rows", "1").json()
    assert [cell["cell"] for cell in found["records"][0]][:2] == ["1", '"\'=1+1"']


def test_help_version_and_unknown_commands(command: Command) -> None:
    assert command("-m", "etl_batch", "--version").out.startswith("etl_batch ")
    assert "demo-data" in command("-m", "etl_batch").out
    for name in ("run", "preview", "demo-data", "compile"):
        assert "usage:" in command("-m", "etl_batch", name, "--help").out
    done = command("-m", "etl_batch", "conquer")
    assert (done.code, done.err.split(":")[0]) == (2, "error[E_CONFIG]")


@pytest.mark.parametrize(
    "flags",
    [
        ["-o", "output/a.csv", "-p", "output/a.csv"],
        ["-o", "output/a.csv", "--metadata", "output/a.csv"],
        ["-o", "output/a.csv", "-p", "output/a.csv.meta.json"],
        ["-o", "output/p/a.csv", "-p", "output/p/"],
        ["-o", "output/a.csv", "-p", "output/.a.csv.journal"],
        ["-i", "output/x.bin", "--layout", "data/x.layout.toml", "-o", "output/x.bin"],
    ],
)
def test_outputs_that_would_replace_one_another_are_refused(home: Home, command: Command, flags: list[str]) -> None:
    home.put("x.bin", record(1), LAYOUT)
    (home.output / "x.bin").write_bytes(record(1))
    inputs = [] if "-i" in flags else ["-i", "data/x.bin"]
    done = command(CORE, "--quiet", *inputs, *flags, cwd=home.path)
    assert done.code == 2
    assert done.err.startswith("error[E_CONFIG]: ")
    assert "would replace" in done.err
    assert (home.output / "x.bin").read_bytes() == record(1)


def test_a_wrong_metadata_path_is_refused_before_anything_is_replaced(home: Home, command: Command) -> None:
    home.put("x.bin", record(1), LAYOUT)
    (home.output / "data.csv").write_text("old")
    assert command(CORE, "--metadata", "/elsewhere/m.json").code == 2
    assert (home.output / "data.csv").read_text() == "old"


def test_no_time_limit_and_an_absurd_memory_limit(home: Home, command: Command) -> None:
    home.put("x.bin", record(1), LAYOUT)
    assert command(CORE, "--time-limit", "inf").code == 0
    done = command(CORE, "--memory-limit", "8796093022208")
    assert (done.code, done.err.split(":")[0]) == (2, "error[E_CONFIG]")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">/dev/full", "2>/dev/full"])
def test_closed_and_full_streams(home: Home, closed: str) -> None:
    home.put("x.bin", record(1), LAYOUT)
    done = subprocess.run(
        f'"{sys.executable}" "{CORE}" --json {closed}',
        shell=True,
        env={**os.environ, "ETL_HOME": str(home.path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if closed.startswith("2") else 3)
    assert (home.output / "data.csv").exists()


def test_an_interrupt_of_the_whole_group_shows_no_traceback(home: Home) -> None:
    job = _started(home)
    os.killpg(job.pid, signal.SIGINT)
    _, err = job.communicate(timeout=240)
    assert job.returncode == 4, err
    assert "Traceback" not in err
    assert _can_go_on(home, err)
