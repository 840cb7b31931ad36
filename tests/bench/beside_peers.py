"""The product beside Polars and `cp`: whole processes, in turn, files in memory. `make bench`.

The product escapes, checks every row, hashes and publishes safely, and adds up totals and draws a sample on the way;
`no totals` is the same without these two. Of the Polars scripts only `csv-csv` escapes.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from etl_batch.commands.demo_data import write_demo_data
from etl_batch.values import GIB

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("BENCH_PAIRS", "3"))
INPUT_BYTES = int(float(os.environ.get("BENCH_GIB", "1")) * GIB)
_RECORD_BYTES = 64
_CSV_BYTES_PER_RECORD = 66.5  #: of the demo data, about
Ways = dict[str, Callable[[], object]]


def main() -> None:
    """Measure and print."""
    memory = Path("/dev/shm")  # noqa: S108 - the file system in memory
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        home = Path(folder)
        for name in ("data", "output", "report"):
            (home / name).mkdir()
        records = write_demo_data(home, INPUT_BYTES // _RECORD_BYTES).path
        _report("BIN to CSV", records, _ways("bin-csv", records, home, "-o", "out.csv"), home)
        records = write_demo_data(home, int(INPUT_BYTES / _CSV_BYTES_PER_RECORD)).path
        _ours(records, home, "-o", "rows.csv")
        records.unlink()
        rows = (home / "output" / "rows.csv").rename(home / "data" / "rows.csv")
        _report("CSV to CSV, escaped", rows, _ways("csv-csv", rows, home, "-o", "out.csv"), home)
        _report("CSV to Parquet, zstd", rows, _ways("csv-parquet", rows, home, "-p", "out.parquet"), home)


def _ways(job: str, source: Path, home: Path, flag: str, name: str) -> Ways:
    target = home / "output" / name
    peer = [sys.executable, "-m", "tests.bench.peer_polars", job, str(source), str(target)]
    return {
        "etl_batch": lambda: _ours(source, home, flag, name),
        "no totals": lambda: _ours(source, home, flag, name, "--measures", "-"),
        "polars": lambda: subprocess.run(peer, check=True, cwd=PROJECT),
        "cp": lambda: shutil.copyfile(source, target),
    }


def _ours(source: Path, home: Path, flag: str, name: str, *more: str) -> None:
    command = [sys.executable, str(PROJECT / "etl_batch" / "etl_core.py"), "--quiet", "--home", str(home)]
    command += ["-i", str(source), flag, str(home / "output" / name), "--time-limit", "600", *more]
    subprocess.run(command, check=True, cwd=PROJECT)


def _report(title: str, source: Path, ways: Ways, home: Path) -> None:
    size = source.stat().st_size
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    written: dict[str, int] = {}
    for number in range(ROUNDS + 1):  # the first round warms up, and is not counted
        for name, way in ways.items():
            _empty(home / "output")
            began = time.perf_counter()
            way()
            if number:
                seconds[name].append(time.perf_counter() - began)
            written[name] = max(path.stat().st_size for path in (home / "output").iterdir())
    _empty(home / "output")
    sys.stdout.write(f"{title}, {size / GIB:.2f} GiB in memory, {ROUNDS} rounds, whole processes, medians\n")
    for name, times in seconds.items():
        middle = statistics.median(times)
        ratio = statistics.median(a / b for a, b in zip(times, seconds["etl_batch"], strict=True))
        sys.stdout.write(
            f"  {name:10} {middle:6.2f} s {size / 1e6 / middle:7.0f} MB/s  takes {ratio:.2f} x our time, "
            f"writes {written[name] / 1e6:,.0f} MB\n"
        )
    sys.stdout.flush()


def _empty(folder: Path) -> None:
    for old in folder.iterdir():
        old.unlink()


if __name__ == "__main__":
    main()
