"""Which version of the product this is, and what it runs with, and where it lies."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

DISTRIBUTION = "quantum-etl-console"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("numba", "numpy", "pyarrow")
_VERSION = "Version:"
_SOURCES, _KEY_CHARACTERS = (".py", ".sql"), 16


def product_version() -> str:
    """The installed version; `unknown` where the project runs without being installed."""
    return installed_version(DISTRIBUTION) or "unknown"


def versions() -> dict[str, str]:
    """Everything that has a say in the bytes of an output."""
    return {
        "etl_batch": product_version(),
        "python": platform.python_version(),
        **{package: installed_version(package) or "unknown" for package in _PACKAGES},
    }


def code_key(package: Path = PROJECT_ROOT / "etl_batch") -> str:
    """A short hash over all sources of the engine: two trees of one version may differ, as while somebody edits one.

    All of them are read, so only what is made on several machines is asked for it.
    """
    digest = hashlib.sha256()
    for file in sorted(path for ending in _SOURCES for path in package.rglob(f"*{ending}")):
        name = file.relative_to(package).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()[:_KEY_CHARACTERS]


def installed_version(package: str) -> str | None:
    """Of an installed package; None: it is not installed.

    Read where installers write it (PyPA, "Recording installed projects"). To load `importlib.metadata`, which reads
    such files as messages, takes a small job 15 ms, so it is asked only where that is not enough.
    """
    for folder in _folders(re.sub(r"[-_.]+", "_", package).lower()):
        with contextlib.suppress(OSError, UnicodeDecodeError), open(folder / "METADATA", encoding="utf-8") as lines:  # noqa: PTH123 - quicker
            for line in lines:
                if line.startswith(_VERSION):
                    return line.removeprefix(_VERSION).strip()
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _folders(name: str) -> Iterator[Path]:
    """What installers left of a package, in the order in which modules are looked for."""
    for place in sys.path:
        with contextlib.suppress(OSError):
            for entry in os.listdir(place or "."):  # noqa: PTH208 - names alone
                head, _, end = entry.partition("-")
                if end.endswith(".dist-info") and re.sub(r"[-_.]+", "_", head).lower() == name:
                    yield Path(place, entry)
