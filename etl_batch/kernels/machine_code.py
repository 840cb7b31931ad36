"""Machine code that is kept on disk, and loaded without Numba.

LLVM's own loader has it ready in some milliseconds. The code holds no symbol of Numba's, so it makes no arrays and
raises nothing; what it calls of the C library is found in the process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path

from etl_batch.kernels.cache_folder import cache_folder, earlier_folders
from etl_batch.light_dataclass import dataclass

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled function."""

    symbol: str  #: its name in the object code
    sources: str  #: the key of the sources that it was made of (`cache_folder.key_of_one`)
    content: bytes  #: object code


class LoadedCode:
    """A function in memory, as long as this lives."""

    def __init__(self, code: Code) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code.content))
        self._engine.finalize_object()
        self.address = int(self._engine.get_function_address(code.symbol))


def read_code(name: str) -> Code | None:
    """What was kept of a kernel; None: nothing, or not whole."""
    return _read(cache_folder() / _file(name))


def read_earlier(name: str, sources: str) -> Code | None:
    """What another state of our source kept of a kernel, where it was made of the very same sources; None: nothing.

    Args:
        name: of the kernel.
        sources: the key of what it is made of now.
    """
    for folder in earlier_folders():
        code = _read(folder / _file(name))
        if code is not None and code.sources == sources:
            return code
    return None


def _read(path: Path) -> Code | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, rest = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(rest).digest() != digest:
        return None
    symbol, _, rest = rest.partition(b"\n")
    sources, _, code = rest.partition(b"\n")
    return Code(symbol.decode(), sources.decode("latin-1"), code)  # no key in what an older version kept


def write_code(name: str, code: Code) -> None:
    """Keep it, whole or not at all; where that cannot be, the next process compiles again."""
    import tempfile

    path = cache_folder() / _file(name)
    content = f"{code.symbol}\n{code.sources}\n".encode() + code.content
    with contextlib.suppress(OSError):
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(temporary).replace(path)


def _file(name: str) -> str:
    return f"{name}-{_processor()}.o"


@cache
def _processor() -> str:
    """A short hash of what this processor can do: code for another one may not run here."""
    import llvmlite
    import llvmlite.binding as llvm

    able = f"{llvmlite.__version__} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    return hashlib.sha256(able.encode()).hexdigest()[:12]
