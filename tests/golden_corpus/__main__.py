"""Record the corpus, compare a tree with what was recorded, take up the interrupted jobs, renew the digests.

    python -m tests.golden_corpus record DIR             run everything, keep what came of it
    python -m tests.golden_corpus compare DIR            run everything again, print what differs; then exit with 1
    python -m tests.golden_corpus resume DIR             only the interrupted jobs that are kept there
    python -m tests.golden_corpus digests                write anew what the test of the suite compares with

`--tree FOLDER` runs another tree, with the Python in its .venv; `--only TEXT` only the scenes with this text in their
names; `--other-parquet-bytes` lets Parquet files be written in another way, as long as their rows are the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.golden_corpus import compare, digests, interrupted, record
from tests.golden_corpus.play import Tree

PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run a command; the exit code."""
    options = _options()
    tree = _tree(options.tree)
    tree.refuse_another()
    if options.command == "digests":
        digests.write(tree)
        return 0
    kept: Path = options.folder.resolve()
    if options.command == "record":
        record.record(kept, tree, only=options.only, jobs=options.jobs)
        return 0
    with tempfile.TemporaryDirectory(prefix="golden-now-") as new:
        now = Path(new)
        if options.command == "compare":
            record.record_scenes(now, tree, only=options.only, jobs=options.jobs)
        interrupted.take_up(kept, now, tree, only=options.only if options.command == "compare" else "")
        found = compare.differences(kept, now, other_parquet_bytes=options.other_parquet_bytes)
    for lines in found:
        sys.stdout.write(lines)
    sys.stdout.write(f"{len(found)} artefacts differ\n" if found else "everything is as it was\n")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.golden_corpus", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("command", choices=["record", "compare", "resume", "digests"])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("golden-baseline"))
    parser.add_argument("--tree", type=Path, default=None)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--other-parquet-bytes", action="store_true")
    return parser.parse_args()


def _tree(folder: Path | None) -> Tree:
    if folder is None:
        return Tree(PROJECT, Path(sys.executable))
    return Tree(folder.resolve(), folder.resolve() / ".venv" / "bin" / "python")


if __name__ == "__main__":
    sys.exit(main())
