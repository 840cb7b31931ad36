"""Plant each fault in a copy of the tree and run its tests: `python -m tests.mutants`, or `make mutants`.

Exit codes: 0 every fault was seen; 1 some survived; 2 a row does not fit the tree, or its tests fail without the fault.
"""

from __future__ import annotations

import argparse
import functools
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from etl_batch.config import usable_cpus
from tests.mutants.all_faults import all_faults
from tests.mutants.fault import Fault, Unplantable
from tests.mutants.scratch_tree import ScratchTree

tell = functools.partial(print, flush=True)  # to a file or a pipe, too, as it goes
SEEN, SURVIVED, UNSOUND = "seen", "SURVIVED", "UNSOUND"
_PASSED, _FAILED = 0, 1  #: pytest's exit codes; all others say that the tests themselves could not be run


def verdict(tree: ScratchTree, fault: Fault) -> tuple[str, str]:
    """What became of one fault, and what the tests printed where that is of interest."""
    try:
        with tree.planted(fault):
            code, printed = tree.run_tests(fault.tests.split())
    except (Unplantable, SyntaxError) as error:
        return UNSOUND, str(error)
    if code == _FAILED:
        return SEEN, ""
    return (SURVIVED, "") if code == _PASSED else (UNSOUND, printed)


def plant_all(faults: Sequence[Fault], trees: Sequence[ScratchTree]) -> list[tuple[Fault, str]]:
    """Try every fault, a tree for each thread; prints as it goes. Where one thread fails, so does all of it."""
    waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
    for fault in faults:
        waiting.put(fault)
    done: list[tuple[Fault, str]] = []
    lock = threading.Lock()

    def work(tree: ScratchTree) -> None:
        while True:
            try:
                fault = waiting.get_nowait()
            except queue.Empty:
                return
            began = time.monotonic()
            outcome, printed = verdict(tree, fault)
            with lock:
                done.append((fault, outcome))
                seconds = time.monotonic() - began
                tell(f"[{len(done)}/{len(faults)}] {outcome:8} {seconds:5.0f} s  {fault.name}")
                if printed:
                    tell(printed)

    with ThreadPoolExecutor(len(trees)) as pool:
        list(pool.map(work, trees))
    return done


def main(argv: Sequence[str] | None = None) -> int:
    """Plant the faults that are asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description="Plant faults; the tests must see each."
    )
    parser.add_argument("-k", metavar="TEXT", default="", help="only the faults that hold this text")
    parser.add_argument("-j", "--jobs", metavar="N", type=int, default=usable_cpus(), help="at a time (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print the faults and end")
    options = parser.parse_args(argv)
    faults = [fault for fault in all_faults() if options.k in f"{fault.name} {fault.tests}"]
    if options.list or not faults:
        tell(*(fault.name for fault in faults), sep="\n")
        return 0 if faults else 2
    with tempfile.TemporaryDirectory(prefix="etl-mutants-") as folder:
        trees = [ScratchTree(Path(folder) / str(number)) for number in range(max(1, min(options.jobs, len(faults))))]
        subprocess.run([trees[0].python, "-m", "etl_batch", "compile", "--quiet"], cwd=trees[0].path, check=True)
        # A test that fails by itself sees nothing.
        code, printed = trees[0].run_tests(list(dict.fromkeys(" ".join(fault.tests for fault in faults).split())))
        if code != _PASSED:
            tell(printed, "The tests fail without any fault; mend that first.", sep="\n")
            return 2
        outcomes = plant_all(faults, trees)
    return _summed_up(outcomes)


def _summed_up(outcomes: Sequence[tuple[Fault, str]]) -> int:
    survivors = [fault for fault, outcome in outcomes if outcome == SURVIVED]
    unsound = [fault for fault, outcome in outcomes if outcome == UNSOUND]
    tell(f"{len(outcomes)} planted, {len(survivors)} survived, {len(unsound)} could not be tried")
    for fault in (*survivors, *unsound):
        tell(f"  {fault.name}  [{fault.tests}]")
    return 2 if unsound else 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
