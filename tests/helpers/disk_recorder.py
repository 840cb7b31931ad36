"""Records what a process asks of the disk, in order, and finds what a power cut would have lost.

A model of the disk, as POSIX promises no more: the bytes of a file are there after fsync or fdatasync of that file, the
names in a folder after fsync of that folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from etl_batch.storage import beneath


@dataclass
class DiskRecorder:
    """What is written but not yet on the disk, by path, and every breach of the rule that names come after bytes."""

    root: Path
    bytes_waiting: set[Path] = field(default_factory=set)  #: files with bytes that the disk may not have
    names_waiting: dict[Path, set[str]] = field(default_factory=dict)  #: folder -> names the disk may not have
    breaches: list[str] = field(default_factory=list)
    renames: list[tuple[Path, Path]] = field(default_factory=list)
    syncs: list[Path] = field(default_factory=list)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to this process from now on."""
        for name in ("pwrite", "write", "ftruncate"):
            self._listen(monkeypatch, os, name, lambda descriptor, *_, **__: self._written(descriptor))
        for name in ("fsync", "fdatasync"):
            self._listen(monkeypatch, os, name, lambda descriptor, **_: self._synced(descriptor))
        self._listen(monkeypatch, os, "rename", self._renamed)
        self._listen(monkeypatch, os, "replace", self._renamed)
        self._listen(monkeypatch, os, "link", self._linked)
        self._listen(monkeypatch, beneath, "exchange", self._exchanged)
        opened = beneath.open_beneath

        def open_beneath(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
            descriptor = opened(root_fd, relative, flags, mode)
            if flags & os.O_CREAT:
                self._named(_path(descriptor))
            return descriptor

        monkeypatch.setattr(beneath, "open_beneath", open_beneath)

    def unsafe(self) -> list[str]:
        """What a power cut now would lose: names of visible files, and the bytes of those."""
        lost = [str(path.relative_to(self.root)) for path in self.bytes_waiting if path.exists() and _is_seen(path)]
        for folder, names in self.names_waiting.items():
            lost += [str((folder / name).relative_to(self.root)) for name in names if _is_seen(folder / name)]
        return sorted(lost)

    def _listen(
        self,
        monkeypatch: pytest.MonkeyPatch,
        owner: ModuleType,
        name: str,
        hear: Callable[..., None],
    ) -> None:
        call = getattr(owner, name)

        def heard(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - of any call
            if name in {"rename", "replace", "exchange"}:
                hear(*arguments, **more)  # while the names still mean what they did
                return call(*arguments, **more)
            done = call(*arguments, **more)
            hear(*arguments, **more)
            return done

        monkeypatch.setattr(owner, name, heard)

    def _written(self, descriptor: int) -> None:
        path = _path(descriptor)
        if path.is_relative_to(self.root):
            self.bytes_waiting.add(path)

    def _synced(self, descriptor: int) -> None:
        path = _path(descriptor)
        self.syncs.append(path)
        self.bytes_waiting.discard(path)
        self.names_waiting.pop(path, None)

    def _named(self, path: Path) -> None:
        if path.is_relative_to(self.root) and not path.name.endswith(".lock"):
            self.names_waiting.setdefault(path.parent, set()).add(path.name)

    def _linked(self, _source: str, target: str, *, dst_dir_fd: int | None = None, **_: object) -> None:
        self._named(_at(dst_dir_fd, target))

    def _renamed(
        self, source: str, target: str, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None
    ) -> None:
        self._moved(_at(src_dir_fd, source), _at(dst_dir_fd, target))

    def _exchanged(self, folder_fd: int, one: str, other: str) -> None:
        self._moved(_at(folder_fd, one), _at(folder_fd, other))

    def _moved(self, source: Path, target: Path) -> None:
        if not target.is_relative_to(self.root):
            return
        self.renames.append((source, target))
        if _is_seen(target):
            waiting = [path for path in self.bytes_waiting if path == source or path.is_relative_to(source)]
            self.breaches += [f"{target.name}: the bytes of {path.name} may not be there" for path in waiting]
            if self.names_waiting.get(source):
                self.breaches.append(f"{target.name}: the names in it may not be there")
            olds = {name for name in self.names_waiting.get(target.parent, ()) if ".bak." in name}
            if target.exists() and olds:
                self.breaches.append(f"{target.name}: replaced before its old version certainly has a second name")
        self.names_waiting.get(source.parent, set()).discard(source.name)
        self._named(target)
        for path in [path for path in self.bytes_waiting if path == source]:
            self.bytes_waiting.discard(path)
            self.bytes_waiting.add(target)


def _path(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


def _at(folder_fd: int | None, name: str | Path) -> Path:
    return Path(name).absolute() if folder_fd is None else _path(folder_fd) / name


def _is_seen(path: Path) -> bool:
    """Whether it is a name that users see, or the journal, which must say the truth."""
    return not path.name.startswith(".") or path.name.endswith(".journal")
