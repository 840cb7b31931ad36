"""What a row costs, and a job without rows, from runs of two sizes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLAIN, GERMAN = "CSV to CSV", "CSV ; cp1252 0,5"
PACKED, UNPACKING = "CSV.gz to CSV", "CSV.gz, unpacking"
NATIVE, VARIABLE, WALK = "BIN to CSV, no sample", "V to CSV, no sample", "V, its walk"
OF_DISPLAY, OF_PACKED = "DISPLAY, no sample", "COMP-3, no sample"
LIGHT, FULL = "BIN, light profile", "BIN, full profile"
CELLS, LIGHT_CELLS = "CSV to CSV, no sample", "CSV, light profile"
#: of these it is said how much more a row costs than without a profile
_MORE = {LIGHT: NATIVE, FULL: NATIVE, LIGHT_CELLS: CELLS}
#: of these it is said how many times the other they cost
_BESIDE = {GERMAN: _PLAIN, PACKED: _PLAIN, UNPACKING: PACKED, VARIABLE: NATIVE}
#: of these it is said how many times the bytes of the other they read in the same time
_READ_BESIDE = {OF_DISPLAY: NATIVE, OF_PACKED: NATIVE}


@dataclass(frozen=True, slots=True)
class Share:
    """The CPU time of a job, parted."""

    row_seconds: float  #: for each row
    fixed_seconds: float  #: whatever the number of rows
    row_bytes: float = 0  #: of the input; 0: nobody asks how many are read in a second

    @property
    def speed(self) -> float:
        """Bytes of the input that are read in a second of CPU time."""
        return self.row_bytes / self.row_seconds


def parted(few_rows: int, few: Sequence[float], many_rows: int, many: Sequence[float], row_bytes: float = 0) -> Share:
    """A line through the least of each size: whatever else the machine does only adds to a run.

    Args:
        few_rows: rows of the small input.
        few: CPU seconds of each run on it.
        many_rows: rows of the large input.
        many: CPU seconds of each run on it.
        row_bytes: of a row of the input, where its speed is asked.
    """
    row = (min(many) - min(few)) / (many_rows - few_rows)
    return Share(row, min(few) - few_rows * row, row_bytes)


def quick_text(jobs: Mapping[str, Mapping[str, Share]], rounds: int) -> str:
    """A table of jobs, for each checkout; of two, the second beside the first."""
    lines = [
        f"CPU time of all processes, the least of {rounds} rounds",
        f"{'':22}{'tree':16}{'ns a row':>10}{'fixed s':>10}",
    ]
    for job, shares in jobs.items():
        lines += [
            f"{job:22}{tree[:15]:16}{share.row_seconds * 1e9:10.1f}{share.fixed_seconds:10.3f}{_speed(share)}"
            for tree, share in shares.items()
        ]
        if job in _BESIDE and _BESIDE[job] in jobs:
            lines += [
                f"{'':22}{f'x {_BESIDE[job]}':16}{share.row_seconds / jobs[_BESIDE[job]][tree].row_seconds:10.3f}"
                for tree, share in shares.items()
            ]
        if job in _MORE and _MORE[job] in jobs:
            lines += [
                f"{'':22}{'profile alone':16}{(share.row_seconds - jobs[_MORE[job]][tree].row_seconds) * 1e9:10.1f}"
                for tree, share in shares.items()
            ]
        if job in _READ_BESIDE and _READ_BESIDE[job] in jobs:
            lines += [
                f"{'':22}{f'MB/s x {_READ_BESIDE[job]}':30}{share.speed / jobs[_READ_BESIDE[job]][tree].speed:6.3f}"
                for tree, share in shares.items()
            ]
        if len(shares) == 2:
            first, second = shares.values()
            row = second.row_seconds / first.row_seconds
            lines.append(f"{'':22}{'second / first':16}{row:10.3f}{second.fixed_seconds / first.fixed_seconds:10.3f}")
    return "".join(f"{line}\n" for line in lines)


def _speed(share: Share) -> str:
    return f"{share.speed / 1e6:10.0f} MB/s" if share.row_bytes else ""
