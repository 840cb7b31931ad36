"""The audit log under load: `python -m tests.bench.audit appends|verify`; numbers on standard output.

appends: eight processes append 500 lines each at once, each line waited for until the disk has it. verify: a log of a
million lines, and one of a tenth of it, checked; the memory of both.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.log import AuditLog
from etl_batch.audit.verify import inspect
from etl_batch.values import KIB, MIB, Actor

WRITERS, EACH = 8, 500
LINES = 1_000_000
_AT_ONCE = 20_000


def append(home: Path, writer: int) -> None:
    """The lines of one process."""
    log, actor = AuditLog(home), Actor(name=f"writer {writer}", os_user="bench")
    for number in range(EACH):
        log.record(actor, Event(action=Action.SIGN_IN, target=str(number)))


def appends(home: Path) -> None:
    """All processes at once; the time begins when they are there."""
    with ProcessPoolExecutor(WRITERS) as pool:
        list(pool.map(time.sleep, [0.5] * WRITERS))
        began = time.perf_counter()
        list(pool.map(partial(append, home), range(WRITERS)))
        seconds = time.perf_counter() - began
    checked = inspect(AuditFiles(home / ".secrets"))
    lines = WRITERS * EACH
    print(f"{lines} lines in {seconds:.2f} s: {lines / seconds:,.0f} a second; {checked.finding}, {checked.entries}")  # noqa: T201


def verify(home: Path) -> None:
    """Each log is checked by a process of its own, so that its peak of memory is its own."""
    for lines in (LINES // 10, LINES):
        folder = home / str(lines)
        (folder / ".secrets").mkdir(parents=True, mode=0o700)
        _fill(folder, lines)
        with ProcessPoolExecutor(1) as pool:
            print(pool.submit(_verified, folder).result())  # noqa: T201


def _fill(home: Path, lines: int) -> None:
    log, actor = AuditLog(home), Actor(name="ada", os_user="bench", role="super_admin", ip="192.0.2.1")
    events = (Event(action=Action.OUTPUT_PUBLISHED, target=f"output/{number}.csv") for number in range(lines))
    while some := tuple(islice(events, _AT_ONCE)):
        log.record_all(actor, some)


def _verified(home: Path) -> str:
    began = time.perf_counter()
    checked = inspect(AuditFiles(home / ".secrets"))
    seconds = time.perf_counter() - began
    peaks = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (
        f"{checked.entries:,} lines ({checked.bytes / MIB:,.0f} MiB) {checked.finding} in {seconds:.2f} s; "
        f"most memory of a process {max(peaks) * KIB / MIB:.0f} MiB"
    )


def main() -> None:
    """Run one of the measurements, in TMPDIR: waiting for the disk is part of it."""
    with tempfile.TemporaryDirectory() as folder:
        {"appends": appends, "verify": verify}[sys.argv[1]](Path(folder).resolve())


if __name__ == "__main__":
    main()
