"""The table of a run."""

from __future__ import annotations

from tests.bench.speed.cost import Cost, Entry, Result
from tests.bench.speed.goals import OURS, POLARS
from tests.bench.speed.table import block, head, markdown

TEXT = """\
                                    s       MB/s   x Polars x P. + SHA       x cp    peak MB CPU ns/row  CPU of P.
BIN to both (2,000 MB, 10,000,000 rows)
  ours                           2.00      1,000       0.80          -          -        300        100       0.25
  Polars                         1.60      1,250       1.00          -          -      1,000        400       1.00
    1.25 x the time of Polars; at most 1.3: holds; goal 1.1: not reached
"""
RESULT = Result(
    key="bin-both",
    title="BIN to both",
    entries=(
        Entry(name=OURS, input_bytes=2 * 10**9, rows=10**7, costs=(Cost(2.0, 1.0),), peak_bytes=3 * 10**8),
        Entry(name=POLARS, input_bytes=2 * 10**9, rows=10**7, costs=(Cost(1.6, 4.0),), peak_bytes=10**9),
    ),
)
START = Result(
    key="start",
    title="Start",
    entries=(
        Entry(name=OURS, input_bytes=10**6, rows=15_625, costs=(Cost(1.5, 1.0),), peak_bytes=10**8),
        Entry(name="imports", input_bytes=0, rows=0, costs=(Cost(1.0, 1.0),), peak_bytes=10**8),
    ),
)


def test_the_table_has_a_line_for_each_contender_and_each_goal() -> None:
    assert head() + block(RESULT) == TEXT


def test_who_reads_nothing_has_no_rate() -> None:
    assert block(START).splitlines()[2].split() == ["imports", "1.00", "-", "-", "-", "-", "100", "-", "-"]


def test_a_goal_that_is_missed_is_seen() -> None:
    slow = Entry(name=OURS, input_bytes=1, rows=1, costs=(Cost(4.0, 1.0),), peak_bytes=0)
    lines = block(Result(key="bin-both", title="", entries=(slow, RESULT.entries[1]))).splitlines()
    assert lines[-1] == "    2.50 x the time of Polars; at most 1.3: FAILS; goal 1.1: not reached"


def test_a_page_has_one_table_of_figures_and_one_of_goals() -> None:
    lines = markdown([RESULT]).splitlines()
    assert lines[2] == "| **BIN to both (2,000 MB, 10,000,000 rows)** |  |  |  |  |  |  |  |  |"
    assert lines[3] == "| ours | 2.00 | 1,000 | 0.80 | - | - | 300 | 100 | 0.25 |"
    assert lines[-1] == "| BIN to both | 1.25 x the time of Polars | at most 1.3: holds | goal 1.1: not reached |"
    assert len({line.count("|") for line in lines[:5]}) == 1
    assert len({line.count("|") for line in lines[6:]}) == 1
