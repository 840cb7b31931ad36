"""What a row costs, and a job without rows, from runs of two sizes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLAIN, GERMAN = "CSV to CSV", "CSV ; cp1252 0,5"
PACKED, UNPACKING = "CSV.gz to CSV", "CSV.gz, unpacking"
VARIABLE, WALK = "V to CSV, no sample", "V, its walk"
#: of these it is said how many times the other they cost
_BESIDE = {GERMAN: _PLAIN, PACKED: _PLAIN, UNPACKING: PACKED, VARIABLE: "BIN to CSV, no sample"}


@dataclass(frozen=True, slots=True)
class Share:
    """The CPU time of a job, parted."""

    row_seconds: float  #: for each row
    fixed_seconds: float  #: whatever the number of rows


def parted(few_rows: int, few: Sequence[float], many_rows: int, many: Sequence[float]) -> Share:
    """A line through the least of each size: whatever else the machine does only adds to a run.

    Args:
        few_rows: rows of the small input.
        few: CPU seconds of each run on it.
        many_rows: rows of the large input.
        many: CPU seconds of each run on it.
    """
    row = (min(many) - min(few)) / (many_rows - few_rows)
    return Share(row, min(few) - few_rows * row)


def quick_text(jobs: Mapping[str, Mapping[str, Share]], rounds: int) -> str:
    """A table of jobs, for each checkout; of two, the second beside the first."""
    lines = [
        f"CPU time of all processes, the least of {rounds} rounds",
        f"{'':22}{'tree':16}{'ns a row':>10}{'fixed s':>10}",
    ]
    for job, shares in jobs.items():
        lines += [
            f"{job:22}{tree[:15]:16}{share.row_seconds * 1e9:10.1f}{share.fixed_seconds:10.3f}"
            for tree, share in shares.items()
        ]
        if job in _BESIDE and _BESIDE[job] in jobs:
            lines += [
                f"{'':22}{f'x {_BESIDE[job]}':16}{share.row_seconds / jobs[_BESIDE[job]][tree].row_seconds:10.3f}"
                for tree, share in shares.items()
            ]
        if len(shares) == 2:
            first, second = shares.values()
            row = second.row_seconds / first.row_seconds
            lines.append(f"{'':22}{'second / first':16}{row:10.3f}{second.fixed_seconds / first.fixed_seconds:10.3f}")
    return "".join(f"{line}\n" for line in lines)
