"""`docs/benchmarks.md`: what was measured, on what, and how, for who wants to know how fast the product is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tests.bench.speed.cost import Result
from tests.bench.speed.settings import SHORT_ROUNDS, Settings
from tests.bench.speed.table import markdown

_INTRODUCTION = """\
# Benchmarks

How fast the product is, and what it takes, beside the tools that an expert would use for the same work. `make bench`
measures this on your machine, and `make bench WRITE=1` writes this page anew. Speeds differ between machines, ratios
much less: compare those.
"""

_METHOD = """\
## How it was measured

- **The same work.** The input is {input}: real purchases, repeated. The CSV is what such records become. Files lie in
  memory, so that no disk is measured; as much memory as is needed was written once and given back before the first run.
- **Whole processes, in turn.** Each figure is of a whole process, its start included, with {workers} worker processes
  or threads. In each round everybody has a turn, so that a slow moment meets all of them. One round warms up, {rounds}
  count ({short} where a run takes a second). Seconds are medians; ratios are those of each round, of which the median
  is told. DuckDB, pyarrow and pandas have one round, in which their memory was looked at, too.
- **Ours does more.** It checks every row, escapes what a spreadsheet would run, adds up exact totals and draws a sample
  for each product (but where it says *no sample*), hashes its output, and publishes it whole or not at all. The peers'
  scripts do none of this, but that Polars escapes text where CSV becomes CSV. From records they write a moment as the
  number that lies there; *Polars, moments* writes it in words, as ours does. *Polars + SHA-256* is Polars, and behind
  it the hash of its output.
- **The same rows.** After the warm-up DuckDB reads every output. Unless numbers of rows, sums, and hashes of all
  columns and of whole rows agree with ours, the benchmark ends without a page. Of texts an apostrophe at the front does
  not count.
- **CPU** is user and system time of the process and of all its descendants, orphans too. **Peak MB** is the most
  memory of all its processes together: proportional shares (PSS), without pages of files, looked at a hundred times a
  second in the warm-up.
- **x Polars** is how many times as fast as Polars; *CPU of P.* is the share of the CPU time that Polars takes.
"""


def page(
    results: Sequence[Result], settings: Settings, *, when: datetime, machine: str, versions: Mapping[str, str]
) -> str:
    """The whole page.

    Args:
        results: what was measured.
        settings: what was asked for.
        when: it was.
        machine: in words.
        versions: of ours, of what it stands on, and of the peers.
    """
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    method = _METHOD.format(
        input=f"{settings.gib:g} GiB of records of 64 bytes, or {settings.gib / 2:g} GB of CSV",
        workers=settings.workers,
        rounds=settings.rounds,
        short=settings.rounds * SHORT_ROUNDS,
    )
    facts = f"- Measured on {when:%Y-%m-%d}\n- Machine: {machine}\n- Versions: {named}\n"
    return f"{_INTRODUCTION}\n{facts}\n## Results\n\n{markdown(results)}\n{method}"
