"""A damaged Parquet footer is an error of ours, whatever is asked of it: pyarrow must not end the process."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl_batch.errors import EtlError
from etl_batch.formats.opening import Opening, nothing_runs
from etl_batch.formats.parquet.parquet_input import ParquetInput
from etl_batch.formats.parquet.unit_reader import open_parquet_groups
from etl_batch.formats.units.unit import Wanted
from etl_batch.pipeline.inputs import open_one
from etl_batch.storage.roots import place
from tests.conftest import PROJECT, Home

WANTED = Wanted(("value",), "product", None)
GROUPS = 3


def write(path: Path) -> bytes:
    table = pa.table({"value": pa.array(np.arange(30)), "product": ["a", "b"] * 15})
    pq.write_table(table, path, row_group_size=30 // GROUPS)
    return path.read_bytes()


def ask(home: Home, path: Path) -> str:
    """What a sample asks before it reads anything."""
    config = home.config(path)
    try:
        with ExitStack() as stack:
            opened = open_one(place(str(path), config.input_roots), Opening(config, nothing_runs, stack))
            assert isinstance(opened, ParquetInput)
            if not {"value", "product"} <= set(opened.names):
                return "other columns"
            reader = stack.enter_context(open_parquet_groups(opened))
            reader.bounds("value", filtered=False)
            reader.needed_bytes(WANTED)
            reader.outstanding(WANTED, 2)
    except EtlError as error:
        return error.code
    return "answered"


def damage_everywhere(folder: str) -> None:
    """Ask after each byte of a footer was changed, in one process."""
    home = Home(Path(folder))
    path = home.data / "x.parquet"
    good = write(path)
    length = int.from_bytes(good[-8:-4], "little")
    found: Counter[str] = Counter()
    start, middle = len(good) - 8 - length, len(good) - 8 - length // 2
    for at in range(start, len(good) - 8):
        damaged = bytearray(good)
        damaged[at] ^= 1 if at < middle else 32  # of schema and first group; of the groups behind, in lengths
        path.write_bytes(damaged)
        found[ask(home, path)] += 1
    sys.stdout.write(str(dict(found)))


def test_no_damage_of_a_footer_ends_the_process(home: Home) -> None:
    script = f"from {__name__} import damage_everywhere as it; it({str(home.path)!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "'answered': " in done.stdout
    assert "'E_FORMAT_CORRUPT': " in done.stdout


def test_no_page_is_read_to_find_out(home: Home) -> None:
    path = home.data / "x.parquet"
    good = write(path)
    footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    path.write_bytes(good[:4] + bytes(footer - 4) + good[footer:])
    assert ask(home, path) == "answered"
