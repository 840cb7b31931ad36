"""Jobs that one tree began and another takes up: killed for good, in homes that stay in their places.

A job knows its inputs by device, inode, size and time of change, and by their full paths, so these homes must not be
moved or copied. What a job changes (outputs, reports, `.secrets`) is put back after each take-up: it can be done again
and again. Nobody may touch their `data/`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from tests.golden_corpus import binary_inputs, csv_inputs, parquet_inputs
from tests.golden_corpus.artefacts import Artefacts, Watched
from tests.golden_corpus.masks import Masks
from tests.golden_corpus.play import Tree, make_folders, new_home, played
from tests.golden_corpus.scene import Step

HOMES = "homes"
_FOLDER = "interrupted"
_CHANGED = ("output", "report", ".secrets")
_SPAN = b'"span"'
_SECONDS = 240
_JOURNAL = ".out.csv.journal"
_SPANS = (2, 7, 15, 30, 45)  #: written before the kill, for each of the copies
_OUTPUTS = ("-o", "output/out.csv", "-p", "output/out.parquet", "--on-bad-row", "quarantine", "--sample-frac", "0.05")


@dataclass(frozen=True, slots=True)
class Kind:
    """A job that is killed."""

    name: str
    make: Callable[[Path], None]
    flags: str

    @property
    def command(self) -> tuple[str, ...]:
        """The job as it begins."""
        return ("run", *self.flags.split(), *_OUTPUTS)


def _make_binary(home: Path) -> None:
    binary_inputs.put(home, "x.bin", binary_inputs.broken_records(6_000), binary_inputs.every_layout("big", "cp037"))


def _make_csv(home: Path) -> None:
    texts = ("MILK", "KÄSE", "=1", "a,b", "café")
    lines = csv_inputs.shop(12_000, texts=texts).splitlines(keepends=True)
    for number in range(500, len(lines), 1_700):
        lines[number] = "BAD,1\n"
    csv_inputs.put(home, "x.csv", "".join(lines), "latin-1")


def _make_parquet(home: Path) -> None:
    pq.write_table(parquet_inputs.shop(18_000), home / "data" / "x.parquet", row_group_size=200)


KINDS = (
    Kind("binary", _make_binary, "-i data/x.bin --chunk-bytes 12000 --measures money --strata text"),
    Kind("csv", _make_csv, "-i data/x.csv --chunk-bytes 4000 --encoding latin-1"),
    Kind("parquet", _make_parquet, "-i data/x.parquet --chunk-bytes 2000"),
)  # fmt: skip


def interrupt(folder: Path, tree: Tree, *, only: str) -> None:
    """Begin and kill every job, and note what an undisturbed one makes.

    Raises:
        AssertionError: the tree that killed them does not take them up to the same.
    """
    if only not in _FOLDER:
        return
    for kind in KINDS:
        for number, spans in enumerate(_SPANS, start=1):
            home = folder / _FOLDER / HOMES / f"{kind.name}-{number}"
            _killed(kind, tree, home, spans)
    take_up(folder, folder, tree, only=only)
    for kind in KINDS:
        undisturbed = _undisturbed(kind, tree)
        for number in range(1, len(_SPANS) + 1):
            _refuse_other_outputs(folder / _FOLDER / f"{kind.name}-{number}", undisturbed)


def take_up(kept: Path, now: Path, tree: Tree, *, only: str) -> None:
    """Let a tree go on with every job that was killed, and write what came of it.

    Args:
        kept: where the homes are.
        now: where the artefacts go.
        tree: what goes on with them.
        only: nothing is done where this is not in the name of the folder.
    """
    if only not in _FOLDER or not (kept / _FOLDER / HOMES).exists():
        return
    for kind in KINDS:
        for number in range(1, len(_SPANS) + 1):
            name = f"{kind.name}-{number}"
            sys.stderr.write(f"taking up {name}\n")
            with _put_back(kept / _FOLDER / HOMES / name):
                found = _taken_up(kind, tree, kept / _FOLDER / HOMES / name, str(1 + number % 2))
            target = now / _FOLDER / name
            target.mkdir(parents=True, exist_ok=True)
            for artefact, text in found.items():
                (target / artefact).write_bytes(text.encode("utf-8", "surrogateescape"))


def _taken_up(kind: Kind, tree: Tree, home: Path, workers: str) -> Artefacts:
    seen = Masks.of(home, tree.folder), Watched(home)
    found = played(Step("resume", (*kind.command, "-w", workers, "--resume")), tree, home, seen)
    for name, words in (("jobs", ("jobs", "list", "--json")), ("audit", ("audit", "tail", "--json"))):
        found |= {name: played(Step(name, words), tree, home, seen)["stdout"]}
    return found


def _undisturbed(kind: Kind, tree: Tree) -> Artefacts:
    with new_home() as home:
        kind.make(home)
        seen = Masks.of(home, tree.folder), Watched(home)
        return played(Step(kind.name, (*kind.command, "-w", "1")), tree, home, seen)


def _refuse_other_outputs(folder: Path, undisturbed: Artefacts) -> None:
    for name, text in undisturbed.items():
        if name.endswith((".csv", ".bytes", ".rows")):
            path = folder / name
            assert path.exists(), f"{folder.name} was not taken up: {name} is missing"
            assert path.read_bytes() == text.encode("utf-8", "surrogateescape"), f"{path} is not as if undisturbed"


def _killed(kind: Kind, tree: Tree, home: Path, spans: int) -> None:
    """A home whose job was killed when its journal had so many spans."""
    for _ in range(20):
        shutil.rmtree(home, ignore_errors=True)
        make_folders(home)
        kind.make(home)
        command = [str(tree.python), "-m", "etl_batch", *kind.command, "-w", "1"]
        with subprocess.Popen(
            command, cwd=home, env=tree.environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as job:  # fmt: skip
            _wait(home, spans, job)
            os.killpg(job.pid, signal.SIGKILL)
        journal = _journal(home)
        if _SPAN in journal and b'"publish"' not in journal and not (home / "output" / "out.csv").exists():
            sys.stderr.write(f"{home.name} was killed with {journal.count(_SPAN)} spans done\n")
            return
    raise AssertionError(f"{kind.name} is too fast to be killed after {spans} spans")


def _wait(home: Path, spans: int, job: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS
    while _journal(home).count(_SPAN) < spans and job.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.0005)


def _journal(home: Path) -> bytes:
    try:
        return (home / "output" / _JOURNAL).read_bytes()
    except FileNotFoundError:
        return b""


@contextmanager
def _put_back(home: Path) -> Iterator[None]:
    """Put the folders that a job changes back as they were, whatever happens."""
    kept = home.with_name(f"{home.name}.kept")
    if not kept.exists():  # otherwise somebody was killed here: these are still what they were
        new = home.with_name(f"{home.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        for name in _CHANGED:
            shutil.copytree(home / name, new / name)
        new.rename(kept)
    _restore(home, kept)
    try:
        yield
    finally:
        _restore(home, kept)


def _restore(home: Path, kept: Path) -> None:
    for name in _CHANGED:
        shutil.rmtree(home / name, ignore_errors=True)
        shutil.copytree(kept / name, home / name)
