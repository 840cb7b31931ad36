"""Files that come to a process open, with what it is asked to do: it may not open them by itself.

They travel as descriptors on the pipe that carries the message (SCM_RIGHTS, man 7 unix). Each message brings all files
it needs, and those of the message before are closed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Hashable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file that a message needs."""

    key: Hashable  #: by which whoever uses it asks for it
    open: Callable[[], int]  #: in the process that sends the message


@dataclass(frozen=True, slots=True)
class _Handing:
    """A message whose files follow it."""

    message: Any
    keys: tuple[Hashable, ...]  #: of the files, in order
    refused: tuple[tuple[Hashable, EtlError], ...]  #: those that could not be opened, and why


_handed: dict[Hashable, int] = {}
_refused: dict[Hashable, EtlError] = {}


def send(pipe: Connection, message: object, files: Sequence[NeededFile] = ()) -> None:
    """Send a message with the files it needs; one that cannot be opened is refused where it is used.

    Raises:
        OSError: nobody is there.
    """
    with ExitStack() as opened:
        keys: list[Hashable] = []
        descriptors: list[int] = []
        refused: list[tuple[Hashable, EtlError]] = []
        for file in files:
            try:
                descriptor = file.open()
            except EtlError as error:
                refused.append((file.key, error))
                continue
            opened.callback(os.close, descriptor)
            keys.append(file.key)
            descriptors.append(descriptor)
        pipe.send(_Handing(message, tuple(keys), tuple(refused)))
        if descriptors:
            with _as_socket(pipe) as way:
                socket.send_fds(way, [b"."], descriptors)


def receive(pipe: Connection) -> Any:  # noqa: ANN401 - whatever was sent
    """The next message that was sent with `send`; its files are at hand until the one after it."""
    handing: _Handing = pipe.recv()
    for descriptor in _handed.values():
        os.close(descriptor)
    _handed.clear()
    _refused.clear()
    _refused.update(handing.refused)
    if handing.keys:
        with _as_socket(pipe) as way:
            _, descriptors, _, _ = socket.recv_fds(way, 1, len(handing.keys), socket.MSG_CMSG_CLOEXEC)
        if len(descriptors) != len(handing.keys):
            raise EOFError("a file was lost on the way")
        _handed.update(zip(handing.keys, descriptors, strict=True))
    return handing.message


def handed(key: Hashable) -> int | None:
    """A descriptor of a file that was handed to this process, which the caller closes; None: it was not.

    All descriptors of one handing share the place where the file is read on.

    Raises:
        EtlError: it could not be opened.
    """
    if key in _refused:
        raise _refused[key]
    descriptor = _handed.get(key)
    return None if descriptor is None else os.dup(descriptor)


class _as_socket:  # noqa: N801 - used like a function
    """The pipe as a socket, for as long as it takes; the pipe stays open."""

    def __init__(self, pipe: Connection) -> None:
        self._socket = socket.socket(fileno=pipe.fileno())

    def __enter__(self) -> socket.socket:
        return self._socket

    def __exit__(self, *_: object) -> None:
        self._socket.detach()
