"""The product beside Polars, DuckDB, pandas, pyarrow and `cp`: `make bench`, or `python -m tests.bench.speed`.

`--tree DIR` measures another checkout of ours; given twice, both stand in the table, and the first is held against the
goals. `-k TEXT` leaves out works whose key does not hold it, `--write` writes docs/benchmarks.md. The environment is
asked for BENCH_GIB (2), ROUNDS (3), BENCH_WORKERS (2) and BENCH_LARGE=1 (memory and an estimate at ten times the size).
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.values import GIB
from tests.bench.speed import data, peers
from tests.bench.speed.cost import Result
from tests.bench.speed.machine import our_versions, this_machine
from tests.bench.speed.measure import PROJECT, measure
from tests.bench.speed.page import page
from tests.bench.speed.settings import Settings, settings_of
from tests.bench.speed.table import block, head
from tests.bench.speed.trees import trees_of
from tests.bench.speed.turns import take_turns
from tests.bench.speed.works import Data, Works

_SMALL_BYTES = 1_000_000
_PAGE = PROJECT / "docs" / "benchmarks.md"
_LARGE_SHARE = 11.0  #: of a file of ten times the half, and the CSV of it, as a multiple of the binary input


def main() -> None:
    """Measure, print and, if asked, write."""
    settings = settings_of()
    if not peers.PYTHON.exists():
        raise SystemExit("the peers are not installed: `make bench` does that")
    files = int(data.FILES_SHARE * settings.gib * GIB)
    data.ask_for_room(files)
    with ExitStack() as stack:
        folder = stack.enter_context(data.folder_that_goes(data.MEMORY))
        _tell(f"touching {files / GIB:.1f} GiB of memory and more, and making the data")
        data.touch_memory(folder, files)
        trees = trees_of(settings.trees)
        for tree in trees:
            measure(tree.compile(), tree.path)
        results = _measured(Works(_made(settings, folder, stack), trees, settings.workers), settings)
    if settings.writes:
        versions = our_versions() | peers.versions()
        words = page(results, settings, when=datetime.now(UTC), machine=str(this_machine()), versions=versions)
        _PAGE.write_text(words, encoding="utf-8")
        _tell(f"written: {_PAGE}")


def _made(settings: Settings, folder: Path, stack: ExitStack) -> Data:
    home, size = data.make_home(folder), int(settings.gib * GIB)
    csv_bytes = int(settings.gib / 2 * 1e9)
    tenfold = None
    if settings.is_large:
        place = data.place_of_large_files(int(_LARGE_SHARE * size), int(data.FILES_SHARE * size))
        large = stack.enter_context(data.folder_that_goes(place))
        tenfold = data.records(data.make_home(large), "tenfold", 5 * size)
    return Data(
        home=home,
        whole=data.records(home, "whole", size),
        half=data.records(home, "half", size // 2),
        small=data.records(home, "small", _SMALL_BYTES),
        csv=data.csv_rows(home, "rows", csv_bytes),
        half_csv=data.csv_rows(home, "half", csv_bytes // 2),
        tenfold=tenfold,
    )


def _measured(works: Works, settings: Settings) -> list[Result]:
    results = []
    _print(head())
    for work in works.all():
        if settings.only in work.key:
            results.append(take_turns(work, settings.rounds, peers.facts_of))
            _print(block(results[-1]))
    if settings.gib < (usual := Settings().gib):
        _print(f"goals are for BENCH_GIB={usual:g}; of less, most of the time is that of a start\n")
    return results


def _print(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
