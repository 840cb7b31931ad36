"""Compares two recorded folders: a unified diff for each artefact that differs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from tests.golden_corpus.artefacts import BYTES
from tests.golden_corpus.interrupted import HOMES
from tests.golden_corpus.masks import again

_MOST_LINES = 60  #: of one diff
_MOST_CHARACTERS = 400  #: of one line


def differences(kept: Path, now: Path, *, other_parquet_bytes: bool) -> list[str]:
    """The diffs; an artefact that is only here or only there is a difference, too.

    Args:
        kept: what was recorded.
        now: what came of it now; scenes that were not run are not compared.
        other_parquet_bytes: Parquet files may be written in another way.
    """
    found = []
    for scene in sorted(path.name for path in now.iterdir()):
        names = {*_names(kept / scene), *_names(now / scene)}
        for name in sorted(names):
            if other_parquet_bytes and name.name.endswith(BYTES):
                continue
            old, new = _lines(kept / scene / name), _lines(now / scene / name)
            if old != new:
                found.append("".join(_diff(f"{scene}/{name}", old, new)))
    return found


def _names(folder: Path) -> Iterator[Path]:
    return (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and HOMES not in path.parts)


def _lines(path: Path) -> list[str] | None:
    if not path.exists():
        return None
    return again(path.read_bytes().decode("utf-8", "backslashreplace")).split("\n")


def _diff(name: str, old: list[str] | None, new: list[str] | None) -> Iterator[str]:
    lines = list(difflib.unified_diff(old or [], new or [], f"was: {name}", f"is:  {name}", lineterm="", n=1))
    if old is None or new is None:
        yield f"{'not there before' if old is None else 'no longer there'}: {name}\n"
    for line in lines[:_MOST_LINES]:
        yield f"{line[:_MOST_CHARACTERS]}\n"
    if len(lines) > _MOST_LINES:
        yield f"... and {len(lines) - _MOST_LINES} lines more\n"
