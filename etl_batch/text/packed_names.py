"""Names of compressed files: what is behind the name of the file that is in one. Pure."""

from __future__ import annotations

_OUTPUTS = {".csv.gz": "gzip", ".csv.zst": "zstd"}
PACKED_ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".zip")


def packed_ending(name: str) -> str:
    """The ending by which a file is a compressed one, in small letters; empty: there is none."""
    return next((ending for ending in PACKED_ENDINGS if name.lower().endswith(ending)), "")


def unpacked_name(name: str) -> str:
    """What is in `x.csv.gz` by its name: `x.csv`."""
    ending = packed_ending(name)
    return name[: len(name) - len(ending)] if len(name) > len(ending) else name


def output_packing(name: str) -> str | None:
    """How a CSV output of this name is compressed; None: it is not."""
    return next((called for ending, called in _OUTPUTS.items() if name.lower().endswith(ending)), None)
