"""The works that are measured, and who does each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl_batch.values import MIB
from tests.bench.speed.data import Input
from tests.bench.speed.goals import CP, HALF, IMPORTS, ONE_WORKER, OURS, POLARS, POLARS_SHA256, TENFOLD
from tests.bench.speed.peers import peer
from tests.bench.speed.trees import Command, Tree

_BARE = ("--measures", "-")
_MEMORY_WORKERS = 8
_MEMORY_FLAGS = ("--chunk-bytes", str(64 * MIB))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Who does a work, and how."""

    name: str
    command: Command
    source: Input
    folder: Path  #: where it is started
    outputs: tuple[Path, ...] = ()  #: the first is the one whose size is told; each must say what all others say
    is_once: bool = (
        False  #: one round is enough, and counts: it takes many times as long as ours, or its time is not asked
    )
    says_bytes: bool = False  #: prints JSON with what it read


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What all contenders do in turn."""

    key: str
    title: str
    contenders: tuple[Contender, ...]
    is_compared: bool = True  #: whether all outputs must say the same
    is_short: bool = False  #: so many more rounds cost nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The inputs, in a home."""

    home: Path
    whole: Input
    half: Input
    small: Input
    csv: Input
    half_csv: Input
    tenfold: Input | None  #: ten times `half`, in a home of its own


@dataclass(frozen=True, slots=True)
class Works:
    """All of them, for some checkouts."""

    data: Data
    trees: tuple[Tree, ...]
    workers: int

    def all(self) -> Iterator[Work]:
        """In the order of the table."""
        whole, csv = self.data.whole, self.data.csv
        slow = ("DuckDB", "pyarrow", "pandas")
        yield self._conversion("bin-csv", "BIN to CSV, escaped, sampled", whole, peers=(*slow, "Polars, moments"))
        yield self._conversion("bin-csv-bare", "BIN to CSV, escaped, no sample", whole, *_BARE)
        yield self._both()
        yield self._conversion("csv-csv", "CSV to CSV, escaped, strict, sampled", csv, peers=slow)
        yield self._conversion("csv-csv-bare", "CSV to CSV, escaped, strict, no sample", csv, *_BARE)
        yield self._conversion("csv-parquet", "CSV to Parquet zstd, strict, sampled", csv, peers=slow[:2], to="parquet")
        yield self._estimate("estimate-bin", "Estimate of a BIN within 1 %", whole, self.data.half, self.data.tenfold)
        yield self._estimate("estimate-csv", "Estimate of a CSV within 1 %", csv, self.data.half_csv, None)
        yield self._memory()
        yield self._two_workers("workers-folder", "Two workers beside one, BIN to a folder of Parquet", "-p", "parts/")
        yield self._two_workers("workers-file", "Two workers beside one, BIN to one CSV", "-o", "one.csv")
        yield self._start()

    def _conversion(
        self, key: str, title: str, source: Input, *flags: str, peers: tuple[str, ...] = (), to: str = "csv"
    ) -> Work:
        job = f"{source.path.suffix[1:]}-{to}"
        target = self.data.home / "output" / f"out.{to}"
        flag = "-o" if to == "csv" else "-p"
        ours = [self._ours(tree, source, (flag, target, *flags), (target,)) for tree in self.trees]
        others = [self._peer(name, job, source, target) for name in (POLARS, POLARS_SHA256, *peers)]
        return Work(key=key, title=title, contenders=(*ours, *others, self._copy(source)))

    def _ours(
        self, tree: Tree, source: Input, flags: tuple[str | Path, ...], outputs: tuple[Path, ...], **more: int
    ) -> Contender:
        workers = more.get("workers", self.workers)
        command = tree.convert(self._home_of(source), source.path, *flags, workers=workers)
        return Contender(name=self._name(tree), command=command, source=source, folder=tree.path, outputs=outputs)

    def _name(self, tree: Tree) -> str:
        return OURS if tree == self.trees[0] else f"ours in {tree.name}"

    def _home_of(self, source: Input) -> Path:
        return source.path.parent.parent

    def _peer(self, name: str, job: str, source: Input, target: Path) -> Contender:
        word = name.lower().replace(" + sha-256", "-sha256").replace(", ", "-")
        return Contender(
            name=name, command=peer(word, job, source.path, target, workers=self.workers), source=source,
            folder=self.data.home, outputs=(target,), is_once=not word.startswith("polars"),
        )  # fmt: skip

    def _copy(self, source: Input) -> Contender:
        target = self.data.home / "output" / "copy"
        return Contender(name=CP, command=("cp", source.path, target), source=source, folder=self.data.home)

    def _both(self) -> Work:
        source, folder = self.data.whole, self.data.home / "output"
        targets = (folder / "out.csv", folder / "out.parquet")
        flags = ("-o", targets[0], "-p", targets[1])
        ours = [self._ours(tree, source, flags, targets) for tree in self.trees]
        title = "BIN to CSV, Parquet and sample in one pass, beside CSV alone"
        polars = self._peer(POLARS, "bin-csv", source, targets[0])
        return Work(key="bin-both", title=title, contenders=(*ours, polars))

    def _estimate(self, key: str, title: str, source: Input, half: Input, tenfold: Input | None) -> Work:
        contenders = [self._estimates(tree, source, self._name(tree)) for tree in self.trees]
        contenders.append(self._estimates(self.trees[0], half, HALF))
        if tenfold is not None:
            contenders.append(self._estimates(self.trees[0], tenfold, TENFOLD))
        return Work(key=key, title=title, contenders=tuple(contenders), is_compared=False, is_short=True)

    def _estimates(self, tree: Tree, source: Input, name: str) -> Contender:
        command = tree.estimate(self._home_of(source), source.path)
        return Contender(name=name, command=command, source=source, folder=tree.path, says_bytes=True)

    def _memory(self) -> Work:
        contenders = [self._in_memory(tree, self.data.half, self._name(tree)) for tree in self.trees]
        if self.data.tenfold is not None:
            contenders.append(self._in_memory(self.trees[0], self.data.tenfold, TENFOLD))
        title = f"Memory of {_MEMORY_WORKERS} workers with chunks of 64 MiB, BIN to CSV"
        return Work(key="memory", title=title, contenders=tuple(contenders), is_compared=False)

    def _in_memory(self, tree: Tree, source: Input, name: str) -> Contender:
        home = self._home_of(source)
        flags = ("-o", home / "output" / "out.csv", *_MEMORY_FLAGS)
        command = tree.convert(home, source.path, *flags, workers=_MEMORY_WORKERS)
        return Contender(name=name, command=command, source=source, folder=tree.path, is_once=True)

    def _two_workers(self, key: str, title: str, flag: str, output: str) -> Work:
        target = f"{self.data.home / 'output'}/{output}"
        source = self.data.whole
        two = [self._ours(tree, source, (flag, target), (), workers=2) for tree in self.trees]
        command = self.trees[0].convert(self.data.home, source.path, flag, target, workers=1)
        one = Contender(name=ONE_WORKER, command=command, source=source, folder=self.trees[0].path)
        return Work(key=key, title=title, contenders=(*two, one), is_compared=False)

    def _start(self) -> Work:
        small, target = self.data.small, self.data.home / "output" / "out.csv"
        ours = [self._ours(tree, small, ("-o", target), (target,)) for tree in self.trees]
        tree = self.trees[0]
        script = "import numpy, numba, pyarrow"
        nothing = Input(small.path, 0, 0)
        imports = Contender(name=IMPORTS, command=(tree.python, "-c", script), source=nothing, folder=tree.path)
        title = "Start: BIN of 1 MB to CSV, sampled, beside `import numpy, numba, pyarrow`"
        return Work(key="start", title=title, contenders=(*ours, imports), is_compared=False, is_short=True)
