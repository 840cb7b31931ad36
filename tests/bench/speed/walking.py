"""A file of variable records walked once, and nothing else: what its plan costs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.walk import Ways, walk
from etl_batch.layouts.reading import parse_layout
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import place
from etl_batch.values import MIB


def main() -> None:
    """Walk through the file that the first argument names, by the layout beside it."""
    path = Path(sys.argv[1])
    layout = parse_layout(path.with_suffix(".layout.toml").read_text(), path.name)
    descriptor = os.open(path, os.O_RDONLY)
    identity = FileIdentity.of(descriptor)
    os.close(descriptor)
    source = BinaryInput(0, place(path, [path.parent]), identity, layout)
    if layout.framing is None:
        raise SystemExit(f"{path} has records of one length")
    walk(Ways(source, framer_of(layout.framing), 64 * MIB))


if __name__ == "__main__":
    main()
