"""What a worker may still do once it has started: read code and what the system says, and use what it is handed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import etl_batch
from etl_batch import kernels
from etl_batch.kernels.cache_folder import cache_folder
from etl_batch.kernels.machine_code import read_code
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.sandbox import Policy

_PACKAGE = Path(etl_batch.__file__).parent
#: which a worker may load when it first needs them, and whatever lies beside them
_LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow")
_OF_LIBRARIES = frozenset({"site-packages", "dist-packages"})
_SHARED_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64", "/nix/store")
_SYSTEM = (
    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/usr/share/locale",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage", "/sys/fs/cgroup",
    "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
_DEVICES = ("/dev/null",)
_KERNEL = re.compile(rb"^@kernel\(.*?^def (\w+)\(", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class PythonPlaces:
    """Where Python and packages lie."""

    prefixes: Sequence[str]  #: of the environment and of the Python it was made from
    search: Sequence[str]  #: `sys.path`
    libraries: Sequence[Path]  #: folders in which the libraries that we use are found
    shared: Sequence[str]  #: where else shared libraries are looked for

    @classmethod
    def here(cls) -> PythonPlaces:
        """Of this process."""
        prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
        shared = os.environ.get("LD_LIBRARY_PATH", "").split(":")
        return cls(prefixes, sys.path, _folders_of(_LIBRARIES), shared)


def worker_policy(home: Path | None) -> Policy:
    """What a worker of a job with this home may do.

    Until every kernel is compiled, workers may put those that they compile into the folder of them.
    """
    apart = [home] if home else []
    kernel_folder = cache_folder()
    return Policy(
        code=tuple(code_folders(PythonPlaces.here(), apart)),
        system=tuple(Path(path) for path in _SYSTEM),
        devices=tuple(Path(path) for path in _DEVICES),
        kept=(kernel_folder,),
        made=() if has_every_kernel() else (kernel_folder,),
    )


def code_folders(python: PythonPlaces, apart: Iterable[Path]) -> Iterator[Path]:
    """The folders that hold code: never one that is, or holds, a folder that is to be kept apart. Pure but for links.

    Not the search path as it is: its first entry is the folder of a script, or the one we were started in, and what
    else lies there is nobody's business.
    """
    hidden = [_real(path) for path in apart]
    packages = [path for path in python.search if Path(path).name in _OF_LIBRARIES or _is_stdlib(path, python.prefixes)]
    given = [
        _PACKAGE,
        *(Path(prefix, part) for prefix in python.prefixes for part in ("lib", "lib64")),
        *map(Path, packages),
        *python.libraries,
        *(Path(path) for path in (*_SHARED_LIBRARIES, *python.shared) if path),
    ]
    for folder in dict.fromkeys(given):
        real = _real(folder)
        if folder.is_absolute() and not any(path.is_relative_to(real) for path in hidden):
            yield folder


def _folders_of(libraries: Iterable[str]) -> list[Path]:
    """Where they are found. The first of them is loaded; most others lie beside it, which is quicker to see."""
    found: list[Path] = []
    for name in libraries:
        if not any((folder / name).is_dir() for folder in found):
            spec = find_spec(name)
            found += [Path(place).parent for place in (spec and spec.submodule_search_locations) or ()]
    return found


@cache
def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _is_stdlib(entry: str, prefixes: Iterable[str]) -> bool:
    """Whether an entry of the search path lies beneath the libraries of Python itself."""
    return any(Path(entry).is_relative_to(Path(prefix, "lib")) for prefix in prefixes)


@cache
def has_every_kernel() -> bool:
    """Whether every kernel is compiled and kept; the process that workers are forked from finds out for all of them."""
    return all(read_code(name) is not None for name in kernel_names())


def kernel_names() -> list[str]:
    """The names of all kernels, from the text of their sources: importing them takes longer than a worker may wait."""
    return [
        f"{source.stem}.{function.decode()}"
        for source in sorted(Path(kernels.__file__).parent.glob("*.py"))
        for function in _KERNEL.findall(source.read_bytes())
    ]
