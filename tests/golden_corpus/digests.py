"""The digests kept in git, of a cross-section of the corpus: only what is the same on every machine.

CSV and rejected rows, decoded rows, sample rows, totals, messages; not the bytes of Parquet files, nor reports.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.golden_corpus.artefacts import Artefacts
from tests.golden_corpus.play import Tree, play
from tests.golden_corpus.record import SCENES
from tests.golden_corpus.scene import Scene

FILE = Path(__file__).with_name("digests.json")
SUITE = tuple(scene.in_suite for scene in SCENES if scene.in_suite.steps)

_CHARACTERS = 16
_TOTALS = (
    "rows_in", "rows_out", "rows_quarantined", "cells_escaped", "apostrophes_inside", "estimates", "warnings", "notes",
    "verdict",
)  # fmt: skip

Digests = dict[str, dict[str, str]]  #: command -> artefact -> digest


def digests_of(scene: Scene, tree: Tree) -> Digests:
    """Run a scene."""
    return {f"{scene.name}: {name}": _digests(found) for name, found in play(scene, tree)}


def kept() -> Digests:
    """What is in git."""
    read: Digests = json.loads(FILE.read_text())
    return read


def write(tree: Tree) -> None:
    """Write anew what is in git; look at the diff before committing it."""
    made: Digests = {}
    for scene in SUITE:
        made |= digests_of(scene, tree)
    FILE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def _digests(found: Artefacts) -> dict[str, str]:
    stable = {name: text for name, text in found.items() if name in {"exit", "files", "traceback"}}
    stable |= {name: text for name, text in found.items() if name.endswith((".csv", ".rows"))}
    stable |= {name: _totals(text) for name, text in found.items() if name.endswith(".meta.json")}
    stable |= {name: _told(found[name]) for name in ("stdout", "stderr")}
    return {name: _digest(text) for name, text in sorted(stable.items())}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_CHARACTERS]


def _told(text: str) -> str:
    """What was said; JSON only as far as it is totals."""
    if text.startswith("{"):
        return _totals(text)
    return text


def _totals(text: str) -> str:
    metadata = json.loads(text)
    return json.dumps(_rounded({name: metadata.get(name) for name in _TOTALS}))


def _rounded(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Its floats to nine digits, which every processor agrees on."""
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return {name: _rounded(one) for name, one in value.items()} if isinstance(value, dict) else value
