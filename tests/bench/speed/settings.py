"""What the benchmarks are asked for: by flags, and by variables that `make` hands on."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.speed.measure import PROJECT

SHORT_ROUNDS = 3  #: so many times as many rounds, where one takes a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Of `make bench`."""

    gib: float = 2.0  #: of binary records; the CSV has half a GB for each
    rounds: int = 3  #: that count; one before them does not
    workers: int = 2  #: processes of ours, threads of the peers
    is_large: bool = False  #: memory and estimates at five times the size, too
    trees: tuple[Path, ...] = (PROJECT,)  #: checkouts of ours; the first is held against the goals
    only: str = ""  #: works whose key holds this
    writes: bool = False  #: docs/benchmarks.md


def settings_of(argv: Sequence[str] | None = None) -> Settings:
    """Flags, then variables, then defaults."""
    usual = Settings()
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed", description="The product beside its peers.")
    parser.add_argument("--tree", type=Path, action="append", metavar="DIR", help="a checkout to measure (this one)")
    parser.add_argument("-k", dest="only", default="", metavar="TEXT", help="only works whose key holds this")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(argv)
    if given.write and given.only:
        parser.error("a page has all works: leave -k out")
    return Settings(
        gib=float(os.environ.get("BENCH_GIB") or usual.gib),
        rounds=int(os.environ.get("ROUNDS") or usual.rounds),
        workers=int(os.environ.get("BENCH_WORKERS") or usual.workers),
        is_large=os.environ.get("BENCH_LARGE", "") not in ("", "0"),
        trees=tuple(path.resolve() for path in given.tree or usual.trees),
        only=given.only,
        writes=given.write,
    )
