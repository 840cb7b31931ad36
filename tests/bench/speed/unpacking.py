"""A .gz unpacked, and nothing else: what of a job on it is not the job's own."""

from __future__ import annotations

import sys
from pathlib import Path

from etl_batch.formats.packings import packing_of


def main() -> None:
    """Unpack the file that the first argument names."""
    path = Path(sys.argv[1])
    with path.open("rb", buffering=0) as file:
        found = packing_of(file.read(16))
        file.seek(0)
        if found is None or found.pieces is None:
            raise SystemExit(f"{path} is not compressed")
        for _ in found.pieces(file, str(path)):
            pass


if __name__ == "__main__":
    main()
