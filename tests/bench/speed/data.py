"""What is worked on: real purchases, repeated, as records and as CSV, in memory; and whether there is room for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from isal import igzip

from etl_batch.commands.demo_data import RECORD, write_demo_data
from etl_batch.layouts.framing import RDW_BYTES
from etl_batch.values import GIB, MIB
from tests.bench.speed.measure import measure
from tests.bench.speed.trees import Tree

MEMORY = Path("/dev/shm")  # noqa: S108 - the file system in memory
FILES_SHARE = 3.7  #: all files that lie there at once, as a multiple of the binary input
PROCESSES_BYTES = 2 * GIB  #: what the hungriest peer takes
_CSV_BYTES_PER_ROW = 66.5  #: of these purchases, about


@dataclass(frozen=True, slots=True)
class Input:
    """A file to work on."""

    path: Path
    bytes: int
    rows: int


@contextlib.contextmanager
def folder_that_goes(place: Path) -> Iterator[Path]:
    """A folder that goes with this process, also where it is told to end: what is left in memory is lacking."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    with tempfile.TemporaryDirectory(prefix="etl-bench-", dir=place) as folder:
        yield Path(folder)


def make_home(folder: Path) -> Path:
    """The folders that a job asks for."""
    for name in ("data", "output", "report"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def records(home: Path, name: str, size: int) -> Input:
    """Binary records of so many bytes, and their layout."""
    made = write_demo_data(home, max(1, size // RECORD.itemsize))
    target = made.path.with_name(f"{name}.bin")
    made.path.with_suffix(".layout.toml").rename(target.with_suffix(".layout.toml"))
    return Input(made.path.rename(target), made.bytes, made.rows)


def variable(plain: Input) -> Input:
    """The same records with their lengths in front of them (RECFM V)."""
    source = np.fromfile(plain.path, np.uint8).reshape(plain.rows, -1)
    size = source.shape[1] + RDW_BYTES
    rdws = np.broadcast_to(np.frombuffer(size.to_bytes(2) + bytes(2), np.uint8), (plain.rows, RDW_BYTES))
    target = plain.path.with_name(f"v-{plain.path.name}")
    np.hstack([rdws, source]).tofile(target)
    layout = plain.path.with_suffix(".layout.toml").read_text()
    target.with_suffix(".layout.toml").write_text(f'record_format = "V"\n{layout}')
    return Input(target, target.stat().st_size, plain.rows)


def csv_rows(home: Path, name: str, size: int) -> Input:
    """About so many bytes of CSV, as this checkout writes it, cells unescaped: escaping them is part of the work."""
    source = records(home, f"{name}-source", int(size / _CSV_BYTES_PER_ROW) * RECORD.itemsize)
    target = home / "output" / f"{name}.csv"
    flags = ("-o", target, "--measures", "-", "--no-escape")
    measure(Tree().convert(home, source.path, *flags, workers=2))
    source.path.unlink()
    moved = target.rename(home / "data" / target.name)
    empty(home / "output")
    return Input(moved, moved.stat().st_size, source.rows)


def german(plain: Input) -> Input:
    """The same rows as people have them: `;`, decimal commas, in cp1252, every U of a text an umlaut.

    Nobody writes 1,776357e-15, and a column with it would stay text, whose cells need not be read: it is 0,0 here.
    """
    with plain.path.open() as lines:
        texts = dict.fromkeys(lines.readline().rstrip("\n").split(","), pa.string())
    table = pacsv.read_csv(plain.path, convert_options=pacsv.ConvertOptions(column_types=texts))
    value, product = (table.column_names.index(name) for name in ("value", "product"))
    written = pc.if_else(pc.match_substring(table["value"], "e"), "0.0", table["value"])
    table = table.set_column(value, "value", pc.replace_substring(written, ".", ","))
    table = table.set_column(product, "product", pc.replace_substring(table["product"], "U", "Ü"))
    target = plain.path.with_name(f"german-{plain.path.name}")
    options = pacsv.WriteOptions(delimiter=";", quoting_style="none", quoting_header="none")
    pacsv.write_csv(table, target, options)
    target.write_bytes(target.read_bytes().decode().encode("cp1252"))
    return Input(target, target.stat().st_size, plain.rows)


def compressed(plain: Input) -> Input:
    """The same file as .gz."""
    target = plain.path.with_name(f"{plain.path.name}.gz")
    with plain.path.open("rb") as source, igzip.open(target, "wb", compresslevel=1) as out:
        shutil.copyfileobj(source, out, MIB)
    return Input(target, target.stat().st_size, plain.rows)


def empty(folder: Path) -> None:
    """Remove all that lies in a folder, hidden files too."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def lacking(files: int, free: int, available: int) -> str | None:
    """Why files of so many bytes, and what works on them, do not fit into memory; None: they do."""
    for need, have, what in (
        (files, free, f"free in {MEMORY}"),
        (files + PROCESSES_BYTES, available, "of memory available"),
    ):
        if have < need:
            return f"{need / GIB:.1f} GiB must be {what}, and {have / GIB:.1f} GiB are: set BENCH_GIB to less"
    return None


def ask_for_room(files: int) -> None:
    """See that there is room.

    Raises:
        SystemExit: there is not.
    """
    if not MEMORY.is_dir():
        raise SystemExit(f"there is no {MEMORY}: the benchmark keeps its files in memory")
    if reason := lacking(files, shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available):
        raise SystemExit(reason)


def touch_memory(folder: Path, size: int) -> None:
    """Write so much there, and what processes take, and remove it.

    A virtual machine is given its memory only where it is touched first.
    """
    piece = os.urandom(MIB) * 64
    room = min(size + PROCESSES_BYTES, shutil.disk_usage(folder).free - len(piece))
    path = folder / "touched"
    with path.open("wb", buffering=0) as out:
        for _ in range(room // len(piece) + 1):
            out.write(piece)
    path.unlink()


def place_of_large_files(size: int, beside: int) -> Path:
    """Memory, if it has so much room beside other files, else the folder for temporary files.

    Raises:
        SystemExit: neither has.
    """
    on_disk = Path(tempfile.gettempdir())
    if lacking(size + beside, shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) is None:
        return MEMORY
    if shutil.disk_usage(on_disk).free > size:
        return on_disk
    raise SystemExit(f"no room for {size / GIB:.0f} GiB in {MEMORY} or {on_disk}: leave BENCH_LARGE out")
