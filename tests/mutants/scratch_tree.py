"""A copy of the tree that faults can be planted in, with a Python of its own that finds this copy first."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.fault import Fault

PROJECT = Path(__file__).resolve().parent.parent.parent
_STORE = ".store-venv"
_KERNEL_CACHE = Path("etl_batch/kernels/__pycache__")
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=")
#: one test, and one whole run; a fault may make a program wait for ever, which is one way to be found out
_TEST_SECONDS, _RUN_SECONDS = 180, 900

# Python takes a compiled file for fresh when the second and the size agree, which two faults can share.
_seconds = itertools.count(1_000_000_000)


class ScratchTree:
    """The copy. Nothing of it is installed; what the project itself has installed is seen from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=PROJECT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (PROJECT / name).is_file():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / name, path / name)
        if (PROJECT / _KERNEL_CACHE).is_dir():
            shutil.copytree(PROJECT / _KERNEL_CACHE, path / _KERNEL_CACHE)
        if (PROJECT / _STORE).is_dir():  # else the tests of object stores would pass by being skipped
            (path / _STORE).symlink_to(PROJECT / _STORE)
        (path / ".secrets").chmod(0o700)
        self.python = self._own_python()

    def _own_python(self) -> str:
        """Processes that tests start may drop every variable, so the search path is the interpreter's own."""
        venv.create(self.path / ".venv", symlinks=True, with_pip=False)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = self.path / ".venv" / "lib" / version / "site-packages"
        installed = sysconfig.get_path("purelib")
        (packages / "scratch.pth").write_text(f"{self.path}\nimport site; site.addsitedir({installed!r})\n")
        return str(self.path / ".venv" / "bin" / "python")

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """The fault is in the copy within, and gone afterwards."""
        path = fault.file(self.path)
        sound, changed = path.read_text(), fault.planted(self.path)
        try:
            _write(path, changed)
            yield
        finally:
            _write(path, sound)

    def run_tests(self, arguments: list[str]) -> tuple[int, str]:
        """What pytest ends with, and the end of what it printed; a run that hangs has failed."""
        command = [self.python, *_PYTEST, "--timeout", str(_TEST_SECONDS), *arguments]
        process = subprocess.Popen(
            command,
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",  # a test that fails shows whatever it met
            start_new_session=True,
        )
        try:
            printed, _ = process.communicate(timeout=_RUN_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return 1, "it hung"
        return process.returncode, printed[-3000:]


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    second = next(_seconds)
    os.utime(path, (second, second))
