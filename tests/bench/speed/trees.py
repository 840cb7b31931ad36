"""Our own commands, in this checkout or in another one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.speed.measure import PROJECT

Command = tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout, with an environment of its own where it has one."""

    path: Path = PROJECT
    name: str = PROJECT.name  #: of it alone, where several stand side by side

    @property
    def python(self) -> Path:
        """The Python that its set-up made, else the one that runs this."""
        own = self.path / ".venv" / "bin" / "python"
        return own if own.exists() else Path(sys.executable)

    def convert(self, home: Path, source: Path, *flags: str | Path, workers: int) -> Command:
        """A job on one input; it escapes, checks, hashes and publishes, and samples unless the flags say otherwise."""
        command = (self.python, self.path / "etl_batch" / "etl_core.py", "--quiet", "--home", home)
        return (*command, "-i", source, "-w", str(workers), *flags)

    def estimate(self, home: Path, source: Path) -> Command:
        """Totals of a file within 1 %. Where it is started decides whose module it is."""
        return (self.python, "-m", "etl_batch", "estimate", source, "--error-within", "1%", "--json", "--home", home)

    def compile(self) -> Command:
        """Kernels and modules, where they are not compiled yet: else each start of ours would compile its modules."""
        return (self.python, "-m", "etl_batch", "compile", "--quiet")


def trees_of(paths: Sequence[Path]) -> tuple[Tree, ...]:
    """One for each path, named after its folder; folders of one name, and one that is given twice, are numbered."""
    met: Counter[str] = Counter()
    trees = []
    for path in paths:
        met[path.name] += 1
        trees.append(Tree(path, path.name if met[path.name] == 1 else f"{path.name} {met[path.name]}"))
    return tuple(trees)
