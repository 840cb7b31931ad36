"""The texts of every page, for every role, in a small home with a few jobs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.golden_corpus import binary_inputs, csv_inputs
from tests.golden_corpus.artefacts import Artefacts
from tests.golden_corpus.masks import Masks
from tests.golden_corpus.play import Tree, new_home

_SECONDS = 1200
_LOOKS = Path(__file__).with_name("page_texts.py")
_JOBS = (
    "run -i data/shop.csv -o output/shop.csv -p output/shop.parquet -w 1 --sample-frac 0.2",
    "run -i data/broken.csv -o output/broken.csv -w 1 --max-bad-rows 30%",
    "run -i data/broken.csv -o output/refused.csv -w 1",
)


def seen(tree: Tree) -> Iterator[tuple[str, Artefacts]]:
    """Each look at a page, by name, with its texts."""
    with new_home() as home:
        csv_inputs.put(home, "shop.csv", csv_inputs.shop(900, texts=("MILK", "BREAD", "=1", "a,b")))
        csv_inputs.put(home, "broken.csv", csv_inputs.broken(60))
        csv_inputs.put(home, "semicolon.csv", csv_inputs.shop(60, delimiter=";"))
        binary_inputs.put(home, "shop.bin", binary_inputs.shop_records(300), binary_inputs.SHOP_LAYOUT)
        binary_inputs.put(home, "alone.bin", binary_inputs.shop_records(3))
        for job in _JOBS:
            tree.run(home, tuple(job.split()))
        listed = json.loads(tree.run(home, ("jobs", "list", "--json")).stdout)["jobs"]
        masks = Masks.of(home, tree.folder)
        masks.know(path for path in (home / "output").iterdir() if path.name.endswith((".parquet", ".rejected.csv")))
        for name, lines in _looked(tree, home, [job["job_id"] for job in reversed(listed)]).items():
            yield name, {"texts": masks.page("".join(f"{line}\n" for line in lines), name)}


def _looked(tree: Tree, home: Path, jobs: list[str]) -> dict[str, list[str]]:
    done = subprocess.run(
        [str(tree.python), "-P", str(_LOOKS), str(home), *jobs], cwd=tree.folder, capture_output=True,
        env=tree.environment(home) | {"PYTHONPATH": str(tree.folder)}, timeout=_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.stderr.write(done.stderr.decode("utf-8", "replace")[-4000:])
        raise SystemExit("the pages could not be looked at")
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
