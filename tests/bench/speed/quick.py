"""What a row costs: CPU nanoseconds of each job, and what it takes without rows. `make bench-quick`, in two minutes.

`--tree DIR`, given twice, makes pairs: both take turns. Two sizes of each job make a line. Wall time is not looked at:
it says the same on a busy machine, if less exactly.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

from tests.bench.speed import data
from tests.bench.speed.data import Input
from tests.bench.speed.measure import PROJECT, measure
from tests.bench.speed.pictured import DISPLAY, pictured
from tests.bench.speed.pictured import PACKED as PACKED_DIGITS
from tests.bench.speed.quick_table import (
    CELLS,
    FULL,
    GERMAN,
    LIGHT,
    LIGHT_CELLS,
    NATIVE,
    OF_DISPLAY,
    OF_PACKED,
    PACKED,
    UNPACKING,
    VARIABLE,
    WALK,
    parted,
    quick_text,
)
from tests.bench.speed.trees import Tree, trees_of

FEW_ROWS, MANY_ROWS = 100_000, 4_000_000
_SECONDS = 80.0  #: no round begins later, from the start of it all
_LEAST_ROUNDS = 2
_BIN_ROW_BYTES, _CSV_ROW_BYTES = 64, 66.5
_BARE = ("--measures", "-")
#: as large as the binary input: it, one of variable records, two of digits, three CSVs, a compressed one, an output
_FILES = 10
#: of which it is asked how many bytes of records are read in a second
_KINDS_OF_RECORDS = {"bin", "v", "display", "packed"}
#: of each job the input, the flag of its output, and others; without an output it is only unpacked, or walked
JOBS = {
    "BIN to CSV": ("bin", "-o", ()),
    NATIVE: ("bin", "-o", _BARE),
    LIGHT: ("bin", "-o", (*_BARE, "--profile", "light")),
    FULL: ("bin", "-o", (*_BARE, "--profile", "full")),
    OF_DISPLAY: ("display", "-o", _BARE),
    OF_PACKED: ("packed", "-o", _BARE),
    "CSV to CSV": ("csv", "-o", ()),
    CELLS: ("csv", "-o", _BARE),
    LIGHT_CELLS: ("csv", "-o", (*_BARE, "--profile", "light")),
    "CSV to Parquet": ("csv", "-p", ()),
    GERMAN: ("german", "-o", ("--encoding", "cp1252")),
    PACKED: ("csv.gz", "-o", ()),
    UNPACKING: ("csv.gz", "", ()),
    VARIABLE: ("v", "-o", _BARE),
    WALK: ("v", "", ()),
}
Taken = defaultdict[tuple[str, str, int], list[float]]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.speed.quick", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--tree", type=Path, action="append", metavar="DIR", help="a checkout to measure (this one)")
    began = time.monotonic()
    trees = trees_of([path.resolve() for path in parser.parse_args().tree or [PROJECT]])
    data.ask_for_room(MANY_ROWS * _FILES * _BIN_ROW_BYTES)
    for tree in trees:
        measure(tree.compile(), tree.path)
    with data.folder_that_goes(data.MEMORY) as folder:
        sources = _sources(data.make_home(folder))
        taken, rounds = _rounds(trees, sources, until=began + _SECONDS)
    shares = {
        job: {
            tree.name: parted(
                sources[kind, FEW_ROWS].rows, taken[job, tree.name, FEW_ROWS],
                sources[kind, MANY_ROWS].rows, taken[job, tree.name, MANY_ROWS],
                _row_bytes(sources[kind, MANY_ROWS]) if kind in _KINDS_OF_RECORDS else 0,
            )
            for tree in trees
        }
        for job, (kind, _, _) in JOBS.items()
    }  # fmt: skip
    sys.stdout.write(quick_text(shares, rounds))


def _sources(home: Path) -> dict[tuple[str, int], Input]:
    found = {}
    for rows in (FEW_ROWS, MANY_ROWS):
        found["bin", rows] = data.records(home, f"records-{rows}", rows * _BIN_ROW_BYTES)
        plain = found["csv", rows] = data.csv_rows(home, f"rows-{rows}", int(rows * _CSV_ROW_BYTES))
        found["german", rows] = data.german(plain)
        found["csv.gz", rows] = data.compressed(plain)
        found["v", rows] = data.variable(found["bin", rows])
        found["display", rows] = pictured(found["bin", rows], DISPLAY)
        found["packed", rows] = pictured(found["bin", rows], PACKED_DIGITS)
    return found


def _row_bytes(source: Input) -> float:
    return source.bytes / source.rows


def _rounds(trees: tuple[Tree, ...], sources: dict[tuple[str, int], Input], until: float) -> tuple[Taken, int]:
    taken: Taken = defaultdict(list)
    rounds = 0
    while rounds < _LEAST_ROUNDS or time.monotonic() < until:
        for job, (kind, flag, more) in JOBS.items():
            for rows in (FEW_ROWS, MANY_ROWS):
                for tree in trees if rounds % 2 == 0 else trees[::-1]:
                    source = sources[kind, rows]
                    taken[job, tree.name, rows].append(_cpu_seconds(tree, source, flag, more))
        rounds += 1
    return taken, rounds


def _cpu_seconds(tree: Tree, source: Input, flag: str, more: tuple[str, ...]) -> float:
    home = source.path.parent.parent
    if not flag:
        module = "walking" if source.path.suffix == ".bin" else "unpacking"
        return measure((tree.python, "-m", f"tests.bench.speed.{module}", source.path), tree.path).cost.cpu_seconds
    target = home / "output" / ("out.csv" if flag == "-o" else "out.parquet")
    run = measure(tree.convert(home, source.path, flag, target, *more, workers=2), tree.path)
    data.empty(home / "output")
    return run.cost.cpu_seconds


if __name__ == "__main__":
    main()
