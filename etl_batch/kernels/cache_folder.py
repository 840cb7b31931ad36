"""Where compiled kernels are kept: a folder for each state of their source. Knows no Numba, so asking is cheap."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path

from etl_batch.kernels.own_sources import own_sources, sources_of_one

_KERNEL_FOLDER = Path(__file__).parent
_ALL_OF_A_RUN = "complete"  #: an empty file


def source_key(kernels: Path = _KERNEL_FOLDER) -> str:
    """A short hash over every source of ours that is compiled in: of this folder, and what it imports from others."""
    return _key(own_sources(kernels))[:16]


def key_of_one(source: Path) -> str:
    """A hash over a source that has kernels, wherever it lies, and over all that it imports of ours."""
    return _key(sources_of_one(source, _KERNEL_FOLDER.parent))


def earlier_folders() -> list[Path]:
    """Folders of other states of the source, beside that of this one."""
    here = cache_folder()
    return sorted(folder for folder in here.parent.glob("kernels-*") if folder != here)


def _key(sources: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sources.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


@cache
def cache_folder() -> Path:
    """The first writable place for compiled kernels: beside the source, the user's cache, a temporary folder."""
    key = f"kernels-{source_key()}"
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser() / ".cache"
    for parent in (_KERNEL_FOLDER / "__pycache__", Path(user_cache) / "quantum-etl-console"):
        folder = parent / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    import tempfile

    return Path(tempfile.mkdtemp(prefix=key))


def is_compiled() -> bool:
    """Whether what a run needs of this state of the source was compiled before, all of it, and is still there."""
    return (cache_folder() / _ALL_OF_A_RUN).exists() and any(cache_folder().glob("*.o"))


def note_compiled() -> None:
    """Note that what a run needs is compiled: one that ends before has left some of it, and the next goes on."""
    with contextlib.suppress(OSError):
        (cache_folder() / _ALL_OF_A_RUN).touch()
