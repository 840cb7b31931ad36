"""A disk that is full at ten sizes: the error says so, and the old outputs are as they were."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, records

OLD = b"the old output\n"
ROWS = 60_000
AUDIT_LOG_BYTES = 16_384  #: without room for its log no job begins: see test_audit_log.py


def _run(home: Home, most_bytes: int, *outputs: str) -> subprocess.CompletedProcess[str]:
    """A job whose files cannot grow beyond a size, which it meets as it meets a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-m", "etl_batch", "run", *outputs, "--chunk-bytes", "200000", "-w", "2", "--quiet"]
    environment = {**os.environ, "ETL_HOME": str(home.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _shown(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output.iterdir() if not path.name.endswith(".lock")}


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("form", ["csv", "both", "from csv"])
def test_a_disk_full_at_some_size(home: Home, form: str, tenth: int) -> None:
    if form == "from csv":
        lines = (f"{number},some text {number},{number * 0.25}\n" for number in range(ROWS))
        home.put("a.csv", b"id,name,value\n" + "".join(lines).encode())
    else:
        home.put("a.bin", records(ROWS), LAYOUT)
    outputs = ["-o", str(home.output / "out.csv")]
    if form == "both":
        outputs += ["-p", str(home.output / "out.parquet")]
        (home.output / "out.parquet").write_bytes(OLD)
    (home.output / "out.csv").write_bytes(OLD)
    before = _shown(home.output)
    done = _run(home, AUDIT_LOG_BYTES + 190_000 * tenth, *outputs)
    assert "error[E_DISK_FULL]" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 3
    assert _shown(home.output) == before


def test_room_enough_is_enough(home: Home) -> None:
    home.put("a.bin", records(ROWS), LAYOUT)
    done = _run(home, 64_000_000, "-o", str(home.output / "out.csv"))
    assert done.returncode == 0, done.stderr
    assert (home.output / "out.csv").stat().st_size > 1 + 190_000 * 9
