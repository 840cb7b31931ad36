"""The files of a run, by the name of its output: what its metadata say of each, and whether it still is that file.

Every reader of a file beside an output asks here. By inode, size and times a file is known without being read; where
they differ, as in a copy of a whole home, its SHA-256 decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.targets import metadata_beside
from etl_batch.storage.hash_follower import Mark, rehash
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place
from etl_batch.text.bounded_documents import json_of_file
from etl_batch.values import GIB, MIB, OutputIdentity

MOST_HASHED_BYTES = 4 * GIB  #: of a file that is read to compare it, some seconds; a larger one counts as another
_METADATA_LIMIT_BYTES = 64 * MIB

#: a dialect with these needs no word, for a byte order mark and a decimal comma are seen
_PLAIN = {"delimiter": ",", "encoding": "utf-8"}
_IDENTITY_KEYS = {field.name for field in fields(OutputIdentity)}


class Agreement(Enum):
    """What a file has to do with the one that a run left."""

    SAME = "the same"
    COPY = "moved or copied: the same content"
    OTHER = "another content, or none that can be compared"


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """What the metadata beside an output tell."""

    values: Mapping[str, Any]

    @property
    def knows_side_files(self) -> bool:
        """Whether the run wrote down what it left beside the output; older ones did not."""
        return "side_files" in self.values

    def agreement(self, descriptor: int, name: str) -> Agreement:
        """Whether an open file is the one of this name that the run left.

        Args:
            descriptor: of the file.
            name: without folders, for a whole home may have been moved.
        """
        files: Iterable[Mapping[str, Any]] = (*self.values["outputs"], *self.values.get("side_files", ()))
        file = _named(files, name)
        return Agreement.OTHER if file is None else _agreement(descriptor, file)

    def dialect(self, descriptor: int, name: str) -> Mapping[str, str] | None:
        """How a CSV of this name was written, if it is the open file; None: as ours are, or nothing is known of it."""
        file = _named(self.values["outputs"], name)
        dialect = None if file is None else file.get("dialect")
        if not isinstance(dialect, dict) or not _is_dialect(dialect) or _PLAIN.items() <= dialect.items():
            return None
        return None if self.agreement(descriptor, name) is Agreement.OTHER else dialect


def metadata_of_run(output: Place) -> RunMetadata:
    """The metadata that a run left beside its output.

    Raises:
        NotFound: there are none.
        Refused: they cannot be opened.
        ValueError: they are not metadata.
    """
    with os.fdopen(open_input(metadata_beside(output)), "rb") as file:
        values = json_of_file(file, _METADATA_LIMIT_BYTES)
    if not isinstance(values, dict) or not isinstance(values.get("outputs"), list):
        raise ValueError("the metadata beside it name no outputs")
    if not all(_is_recorded(files) for files in (values["outputs"], values.get("side_files", []))):
        raise ValueError("the metadata beside it are not metadata of ours")
    return RunMetadata(values)


def _named(files: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    return next((file for file in files if str(file["path"]).rpartition("/")[2] == name), None)


def _is_dialect(found: Mapping[str, Any]) -> bool:
    return _PLAIN.keys() <= found.keys() and all(isinstance(found[key], str) for key in _PLAIN)


def _is_recorded(files: object) -> bool:
    """Whether these are files as metadata tell of them, as far as is read here."""
    return isinstance(files, list) and all(isinstance(file, dict) and _is_file(file) for file in files)


def _is_file(entry: Mapping[str, Any]) -> bool:
    identity = entry.get("identity")
    return (
        {"path", "bytes", "sha256"} <= entry.keys()
        and isinstance(entry["sha256"], str | None)
        and (identity is None or (isinstance(identity, dict) and identity.keys() == _IDENTITY_KEYS))
    )


def _agreement(descriptor: int, recorded: Mapping[str, Any]) -> Agreement:
    found = OutputIdentity.of(os.fstat(descriptor))
    if found.size != recorded["bytes"]:
        return Agreement.OTHER
    known = recorded.get("identity")
    if known is not None and OutputIdentity(**known) == found:
        return Agreement.SAME
    digest = recorded["sha256"]
    if digest is None or found.size > MOST_HASHED_BYTES:
        return Agreement.OTHER
    right, _ = rehash(descriptor, [Mark(found.size, digest)])
    return Agreement.COPY if right else Agreement.OTHER
