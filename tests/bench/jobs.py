"""Jobs under load: `python -m tests.bench.jobs cancel|progress`; numbers on standard output.

cancel: from the call to the state "cancelled", on an input of 4 GiB. progress: how long the same job takes as a plain
run that tells nobody how far it is, and looked after by a supervisor while somebody asks twice a second; and how old
what they see is.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.jobs.service import JobService
from etl_batch.values import GIB
from tests.conftest import ACTOR, PROJECT, Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE
from tests.helpers.job_helpers import put_rows, spans_done, until, until_over

ROUNDS = 5
ROWS = int(os.environ.get("BENCH_ROWS", "5000000"))
_LOOK_SECONDS = 0.5  #: as the page does


def cancel(home: Home) -> None:
    """In the middle of the work."""
    source = home.put("big.bin", b"", LAYOUT)
    os.truncate(source, 4 * GIB // RECORD_SIZE * RECORD_SIZE)
    service = JobService(home.path)
    for _ in range(ROUNDS):
        job_id = service.start(home.config(source, workers=2)).job_id
        until(lambda: spans_done(home))
        began = time.perf_counter()
        service.cancel(ACTOR, job_id)
        state = until_over(service, job_id).state
        print(f"{state} after {time.perf_counter() - began:.2f} s; left: {home.leftovers()}")  # noqa: T201


def progress(home: Home) -> None:
    """Both kinds take turns; the shortest of each is told."""
    put_rows(home, ROWS)
    service, plain, watched, ages = JobService(home.path), [], [], []
    for _ in range(ROUNDS):
        plain.append(_plain(home))
        job_id = service.start(home.config(workers=2)).job_id
        while not (job := service.view(ACTOR, job_id)).state.is_over:
            if job.heartbeat_at is not None and job.pid is not None:
                ages.append((datetime.now(UTC) - datetime.fromisoformat(job.heartbeat_at)).total_seconds())
            time.sleep(_LOOK_SECONDS)
        watched.append(_work_seconds(job.metadata))
    more = min(watched) / min(plain) - 1
    print(f"plain {min(plain):.2f} s, watched {min(watched):.2f} s: {more:+.1%}")  # noqa: T201
    print(f"what was seen was {statistics.median(ages):.2f} s old in the middle, {max(ages):.2f} s at most")  # noqa: T201


def _plain(home: Home) -> float:
    script = (
        "import sys, json; from pathlib import Path; from etl_batch.etl_core import run; "
        "from etl_batch.pipeline.outputs.metadata import metadata_of; "
        "from tests.conftest import Home; home = Home(Path(sys.argv[1])); "
        "config = home.config(workers=2); print(json.dumps(metadata_of(run(config), config)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(home.path)], cwd=PROJECT, check=True, capture_output=True)
    return _work_seconds(json.loads(done.stdout))


def _work_seconds(metadata: object) -> float:
    """Of the phases, which leave out starting Python."""
    assert isinstance(metadata, dict)
    return float(sum(phase["seconds"] for phase in metadata["phases"]))


def main() -> None:
    """Run one of the measurements, on files in memory."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        home = Home(Path(folder))
        for name in ("data", "output", "report"):
            (home.path / name).mkdir()
        {"cancel": cancel, "progress": progress}[sys.argv[1]](home)


if __name__ == "__main__":
    main()
