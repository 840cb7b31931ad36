"""What a worker is told to try that it may not: each is answered with the errno, or None where it was done."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to try."""

    read: tuple[Path, ...] = ()
    listed: tuple[Path, ...] = ()
    changed: Path = Path("/nonexistent")  #: a file that is there
    folder: Path = Path("/nonexistent")  #: in which something is to be made
    port: int = 0  #: of a socket of this machine that listens
    unix: str = ""  #: the path of another
    pid: int = 0  #: of the process that asked


def everything(targets: Targets) -> dict[str, int | None]:
    """Try all of it, by name."""
    return {name: _errno(attempt) for name, attempt in _attempts(targets).items()}


def some(targets: Targets, names: Iterable[str]) -> dict[str, int | None]:
    """Try only what is named."""
    attempts = _attempts(targets)
    return {name: _errno(attempts[name]) for name in names}


def in_a_thread(targets: Targets) -> dict[str, int | None]:
    """The same, from a thread that is started only now."""
    found: dict[str, int | None] = {}
    thread = threading.Thread(target=lambda: found.update(everything(targets)))
    thread.start()
    thread.join()
    return found


class Order:
    """A result that would have whoever reads it make a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (self._path.as_posix(),)


def order_to_make(path: Path) -> Order:
    """Answer with an order."""
    return Order(path)


def open_descriptors(_: None) -> list[int]:
    """Those that are open here."""
    found = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    return [one for one in found if Path(f"/proc/self/fd/{one}").is_symlink()]  # not the one of the listing


def harmless(_: None) -> dict[str, int | None]:
    """What it must still be able to do."""
    return {
        "read own status": _errno(lambda: Path("/proc/self/statm").read_bytes()),
        "read random": _errno(lambda: _read(Path("/dev/urandom"))),
        "write nothing": _errno(lambda: Path("/dev/null").write_bytes(b"x")),
        "load a module": _errno(lambda: __import__("wave")),
        "load a library": _errno(lambda: __import__("pyarrow.compute")),
        "map memory": _errno(lambda: mmap.mmap(-1, 4096).close()),
        "a time zone": _errno(lambda: __import__("zoneinfo").ZoneInfo("Europe/Berlin")),
        "start a thread": _errno(lambda: threading.Thread(target=os.getpid).start()),
    }


def _attempts(targets: Targets) -> dict[str, Callable[[], object]]:
    new = targets.folder / "new"
    return {
        **{f"read {path}": partial(_read, path) for path in targets.read},
        **{f"list {path}": partial(os.listdir, path) for path in targets.listed},
        "change": lambda: os.close(os.open(targets.changed, os.O_WRONLY)),
        "change through /proc": lambda: os.close(os.open(f"/proc/self/root{targets.changed}", os.O_WRONLY)),
        "empty": lambda: os.truncate(targets.changed, 0),
        "remove": targets.changed.unlink,
        "allow to all": lambda: targets.changed.chmod(0o777),
        "date back": lambda: os.utime(targets.changed, (0, 0)),
        "rename": lambda: targets.changed.rename(targets.changed.with_suffix(".old")),
        "link": lambda: os.link(targets.changed, new),
        "make a file": lambda: new.write_bytes(b"x"),
        "make a folder": new.mkdir,
        "make a link": lambda: new.symlink_to("/etc/passwd"),
        "make a pipe": lambda: os.mkfifo(new),
        "socket": lambda: socket.socket().close(),
        "socket, unix": lambda: socket.socket(socket.AF_UNIX).close(),
        "socket, datagrams": lambda: socket.socket(type=socket.SOCK_DGRAM).close(),
        "socket, raw netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "socketpair": socket.socketpair,
        "connect": lambda: socket.create_connection(("127.0.0.1", targets.port), 10).close(),
        "connect, unix": lambda: _connect(targets.unix),
        "io_uring": _io_uring,
        "run a program": lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
        "signal the parent": lambda: os.kill(targets.pid, 0),
        "read the parent's memory": lambda: _read(Path(f"/proc/{targets.pid}/mem")),
        "read the parent's files": lambda: os.listdir(f"/proc/{targets.pid}/fd"),  # noqa: PTH208
    }


def variables(_: None) -> list[str]:
    """The names of what a worker has in its environment."""
    return sorted(os.environ)


def _errno(attempt: Callable[[], object]) -> int | None:
    try:
        attempt()
    except OSError as error:
        return error.errno
    return None


def _read(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return file.read(1) or b""


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as way:
        way.connect(path)


def _io_uring() -> None:
    parameters = ctypes.create_string_buffer(120)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(ctypes.c_long(425), ctypes.c_uint(4), parameters)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    os.close(descriptor)
