"""Keeps what came of the corpus in a folder: one for each scene, in it one for each command, in it its artefacts."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.golden_corpus import interrupted, pages
from tests.golden_corpus.artefacts import Artefacts
from tests.golden_corpus.play import Tree, play
from tests.golden_corpus.scene import Scene
from tests.golden_corpus.scenes_of_commands import BROKEN_CSV, COMMANDS, ESTIMATES, HELP, LARGE, REFUSED
from tests.golden_corpus.scenes_of_formats import BINARY, CSV, MIXED, PARQUET

SCENES = (BINARY, CSV, PARQUET, MIXED, BROKEN_CSV, REFUSED, ESTIMATES, LARGE, COMMANDS, HELP)


def record(folder: Path, tree: Tree, *, only: str, jobs: int) -> None:
    """Run everything, and kill the jobs that are to be taken up later."""
    record_scenes(folder, tree, only=only, jobs=jobs)
    interrupted.interrupt(folder, tree, only=only)


def record_scenes(folder: Path, tree: Tree, *, only: str, jobs: int) -> None:
    """Run the scenes and look at the pages."""
    scenes = [scene for scene in SCENES if only in scene.name]
    with ThreadPoolExecutor(jobs) as threads:
        for _ in threads.map(lambda scene: _record_scene(folder, tree, scene), scenes):
            pass
    if only in "pages":
        for name, found in pages.seen(tree):
            keep(folder / "pages" / name, found)


def _record_scene(folder: Path, tree: Tree, scene: Scene) -> None:
    sys.stderr.write(f"{scene.name}: {len(scene.steps)} commands\n")
    for name, found in play(scene, tree):
        keep(folder / scene.name / name, found)


def keep(folder: Path, found: Artefacts) -> None:
    """Write artefacts, a file for each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
