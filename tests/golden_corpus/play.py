"""Plays scenes: runs their commands in a process each, with the Python of a tree, and takes what came of them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.golden_corpus.artefacts import Artefacts, Watched, files
from tests.golden_corpus.masks import Masks
from tests.golden_corpus.scene import Scene, Step

_JOB = re.compile(r"\{job:(\d+)\}")
_SECONDS = 600
#: the same for everybody who runs the corpus
_ENVIRONMENT = {"COLUMNS": "100", "LINES": "40", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}


@dataclass(frozen=True, slots=True)
class Tree:
    """A state of the project and the Python that runs it."""

    folder: Path
    python: Path

    @property
    def core(self) -> Path:
        """The script of the engine."""
        return self.folder / "etl_batch" / "etl_core.py"

    def environment(self, home: Path) -> dict[str, str]:
        """For a command in a home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ETL_", "PYTHON"))}
        return kept | _ENVIRONMENT | {"ETL_HOME": str(home)}

    def run(self, home: Path, arguments: tuple[str, ...], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command, started in the home; `core` first means the script of the engine. Line ends stay as they are."""
        start = [str(self.core), *arguments[1:]] if arguments[:1] == ("core",) else ["-m", "etl_batch", *arguments]
        done = subprocess.run(
            [str(self.python), *start], cwd=home, env=self.environment(home), input=stdin.encode(), capture_output=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def refuse_another(self) -> None:
        """Refuse to go on where the Python of this tree imports another's package."""
        asked = [str(self.python), "-c", "import etl_batch; print(etl_batch.__file__)"]
        found = subprocess.run(asked, cwd="/", capture_output=True, text=True, check=True).stdout.strip()
        if not Path(found).is_relative_to(self.folder):
            raise SystemExit(f"{self.python} runs {found}, which is not in {self.folder}")


@contextmanager
def new_home(prefix: str = "golden-") -> Iterator[Path]:
    """An empty home; its path has the same length each time, which the widths of some texts depend on."""
    home = Path(tempfile.gettempdir()).resolve() / f"{prefix}{secrets.token_hex(4)}"
    home.mkdir(mode=0o700)
    try:
        make_folders(home)
        yield home
    finally:
        shutil.rmtree(home)


def make_folders(home: Path) -> None:
    """The folders of a home."""
    for name in ("data", "output", "report"):
        (home / name).mkdir(parents=True, exist_ok=True)


def play(scene: Scene, tree: Tree) -> Iterator[tuple[str, Artefacts]]:
    """Run the steps of a scene; the name of each with its artefacts."""
    with new_home() as home:
        scene.make(home)
        masks, watched = Masks.of(home, tree.folder), Watched(home)
        for step in scene.steps:
            yield step.name, played(step, tree, home, (masks, watched))


def played(step: Step, tree: Tree, home: Path, seen: tuple[Masks, Watched]) -> Artefacts:
    """The artefacts of one command."""
    masks, watched = seen
    done = tree.run(home, _filled(step.arguments, tree, home), step.stdin)
    found = files(home, watched.changed(), masks)
    if "Traceback" in done.stderr:
        found["traceback"] = done.stderr
    return {
        "exit": f"{done.returncode}\n",
        "stdout": masks.printed(done.stdout),
        "stderr": masks.text(done.stderr),
        **found,
    }


def _filled(arguments: tuple[str, ...], tree: Tree, home: Path) -> tuple[str, ...]:
    """The arguments, `{job:N}` replaced by the id of that job, counted from the newest."""
    if not any(_JOB.search(one) for one in arguments):
        return arguments
    listed = json.loads(tree.run(home, ("jobs", "list", "--json", "--limit", "200")).stdout)["jobs"]
    return tuple(_JOB.sub(lambda found: str(listed[int(found[1])]["job_id"]), one) for one in arguments)
