"""What published files are like under their names, noted in the metadata once nothing is left to be renamed.

It only spares a reader the hash: where a kill or a full disk leaves it out, the content decides.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.pipeline.outputs.replaced_outputs import status_of
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.storage.part_file import PartFile, discard, remove
from etl_batch.storage.paths import open_input
from etl_batch.storage.publication import supersede
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import part_place
from etl_batch.text.bounded_documents import json_of_file
from etl_batch.values import JobResult, OutputIdentity, PublishedFile

Identities = Mapping[str, OutputIdentity]  #: by the path as the metadata has it


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of a job's files once they have their names."""

    outputs: tuple[PublishedFile, ...]  #: for the job store, folders among them
    identities: Identities  #: for the metadata, side files among them


def record_identities(targets: Targets, job_id: str) -> Identities:
    """Note in the metadata of a job whose outputs are published what each of its files is like.

    Args:
        targets: of the job, which holds them.
        job_id: its name.

    Returns:
        What was noted; nothing, where that could not be.
    """
    with contextlib.suppress(EtlError, OSError, ValueError, KeyError, TypeError):
        with os.fdopen(open_input(targets.metadata), "rb") as file:
            metadata: dict[str, Any] = json_of_file(file)
        if metadata["job_id"] != job_id:
            return {}
        files = [*metadata["outputs"], *metadata["side_files"]]
        found = {file["path"]: identity for file in files if (identity := _identity(file["path"], targets))}
        for file in files:
            file["identity"] = asdict(found[file["path"]]) if file["path"] in found else None
        where = part_place(targets.completed_metadata, job_id)
        remove(where)  # of a start that was killed here
        part = PartFile.create_at(targets.metadata, where, to_json(metadata).encode())
        try:
            supersede(part)
        except BaseException:
            discard(part)
            raise
        part.close()
        return found
    return {}


def identified(result: JobResult, published: Published) -> JobResult:
    """The result with what is known of its files."""
    identities = published.identities
    return replace(
        result,
        published=published.outputs,
        outputs=tuple(replace(output, identity=identities.get(str(output.path))) for output in result.outputs),
        side_files=tuple(replace(file, identity=identities.get(str(file.path))) for file in result.side_files),
    )


def _identity(path: str, targets: Targets) -> OutputIdentity | None:
    """Of one published file; None: it is none of the job's, or not to be seen."""
    where = _place_of(Path(path), targets)
    if where is None:
        return None
    return OutputIdentity.of(status_of(where))


def _place_of(path: Path, targets: Targets) -> Place | None:
    for target in targets.all:
        if target.path == path:
            return target
        if targets.is_folder(target) and target.path in path.parents:
            return Place(target.root, target.relative / path.relative_to(target.path))
    return None
