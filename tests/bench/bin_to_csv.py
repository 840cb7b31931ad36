"""BIN to CSV beside Polars and `cp`: whole processes, in turn, files in memory. `make bench`.

The product escapes, checks every row, hashes and publishes safely; the others do not.
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

from etl_batch.demo_data import write_demo_data
from etl_batch.values import GIB

PROJECT = Path(__file__).resolve().parents[2]
PAIRS = int(os.environ.get("BENCH_PAIRS", "3"))
INPUT_BYTES = int(float(os.environ.get("BENCH_GIB", "2")) * GIB)


def main() -> None:
    """Measure and print."""
    memory = Path("/dev/shm")  # noqa: S108 - the file system in memory
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        home = Path(folder)
        for name in ("data", "output", "report"):
            (home / name).mkdir()
        source = write_demo_data(home, INPUT_BYTES // 64).path
        target = home / "output" / "out.csv"
        ours = [sys.executable, str(PROJECT / "etl_batch" / "etl_core.py"), "--quiet", "--home", str(home)]
        ours += ["-i", str(source), "-o", str(target), "--time-limit", "600"]
        peer = [sys.executable, "-m", "tests.bench.peer_polars", str(source), str(target)]
        ways: dict[str, Callable[[], object]] = {
            "etl_batch": lambda: subprocess.run(ours, check=True, cwd=PROJECT),
            "polars": lambda: subprocess.run(peer, check=True, cwd=PROJECT),
            "cp": lambda: shutil.copyfile(source, target),
        }
        _report({name: [] for name in ways}, ways, home / "output")


def _report(seconds: dict[str, list[float]], ways: dict[str, Callable[[], object]], output: Path) -> None:
    for pair in range(PAIRS + 1):  # the first round warms up, and is not counted
        for name, way in ways.items():
            for old in output.iterdir():
                old.unlink()
            began = time.perf_counter()
            way()
            if pair:
                seconds[name].append(time.perf_counter() - began)
    sys.stdout.write(f"BIN to CSV, {INPUT_BYTES / GIB:g} GiB in memory, {PAIRS} rounds, whole processes, medians\n")
    for name, times in seconds.items():
        middle = statistics.median(times)
        ratio = statistics.median(a / b for a, b in zip(times, seconds["etl_batch"], strict=True))
        sys.stdout.write(
            f"  {name:10} {middle:6.2f} s {INPUT_BYTES / 1e6 / middle:7.0f} MB/s  takes {ratio:.2f} x our time\n"
        )


if __name__ == "__main__":
    main()
