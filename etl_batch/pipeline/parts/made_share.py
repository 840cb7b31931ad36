"""What a share left in its folder: the plan that it was made by, and its journal, whose last line lists its parts."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import asdict
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.options.share import Share
from etl_batch.pipeline.outputs.interrupted import Interrupted, interrupted_jobs
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.pipeline.outputs.replaced_outputs import status_of
from etl_batch.pipeline.outputs.restart_point import Totals
from etl_batch.pipeline.outputs.targets import Targets, targets_of
from etl_batch.pipeline.parts.share_plan import share_config, share_folder
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.storage.part_file import PartFile, remove
from etl_batch.storage.paths import open_existing, open_folder
from etl_batch.storage.publication import supersede
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import part_place, parts_place
from etl_batch.text.bounded_documents import json_of_file
from etl_batch.text.plain_values import plain
from etl_batch.values import OutputSummary, Sandbox

PLAN_NAME = "plan.json"
_VERSION = 1
_MADE = "made"
_BESIDE = ("rejects", "samples")


@dataclass(frozen=True, slots=True)
class MadeShare:
    """One share, as its journal has it."""

    share: Share
    config: JobConfig  #: of the job
    document: dict[str, Any]  #: see `plan_key.plan_document`
    journal: Interrupted | None  #: None: it had not begun to write

    @classmethod
    def found(cls, config: JobConfig, share: Share) -> MadeShare | None:
        """What is there of a share; None: nothing that can be read."""
        with contextlib.suppress(EtlError, OSError, ValueError, KeyError, TypeError):
            plan = read_plan(share_folder(config, share))
            if plan["version"] != _VERSION:
                return None
            own = share_config(config, share)
            journal = next(iter(interrupted_jobs(targets_of(own).outputs, own)), None)
            return cls(share, config, plan["document"], journal)
        return None

    @property
    def made(self) -> dict[str, Any] | None:
        """The last line of its journal; None: it is not done."""
        found = None if self.journal is None else self.journal.lines[-1].entry.get(_MADE)
        return found if isinstance(found, dict) else None

    @property
    def is_whole(self) -> bool:
        """Whether it is done, and every part is where it was made, or where the parts of all shares come together."""
        made = self.made
        if made is None or self._job.lines[-1].entry.get("spans") != len(self._job.restart_points):
            return False
        if any(_size(self.beside_place(kind)) != made[kind][0] for kind in _BESIDE if kind in made):
            return False
        for form in self.forms:
            own, common = sizes_in(self.own_folder(form)), sizes_in(self.common_folder(form))
            if any(size not in {own.get(name), common.get(name)} for name, size, _, _ in made[form]):
                return False
        return True

    @property
    def forms(self) -> dict[str, Place]:
        """Of the job's outputs, with where each will be."""
        return _forms(targets_of(self.config))

    @property
    def totals(self) -> Totals:
        """Of its rows."""
        points = [] if self.journal is None else self.journal.restart_points
        return points[-1].totals if points else Totals()

    @property
    def usage(self) -> tuple[Usage, float]:
        """What it took, and how many seconds."""
        peak, cpu, sandbox, seconds = (self.made or {})["usage"]
        return Usage(peak, cpu, None if sandbox is None else Sandbox(**sandbox)), seconds

    def summaries(self, form: str) -> list[OutputSummary]:
        """Its parts, under the names that they will have."""
        target, dialect = self.forms[form], (self.made or {})["dialects"].get(form)
        return [
            OutputSummary(target.child(name).path, form, size, rows, sha256, dialect=dialect)
            for name, size, rows, sha256 in (self.made or {})[form]
        ]

    def beside_place(self, kind: str) -> Place:
        """Where that lies."""
        job = self._job
        return part_place(job.targets.rejects if kind == "rejects" else job.targets.span_samples, job.job.job_id)

    def own_folder(self, form: str) -> Place:
        """Where it made its parts."""
        return part_place(_forms(self._job.targets)[form], self._job.job.job_id)

    @property
    def _job(self) -> Interrupted:
        if self.journal is None:
            raise ValueError("it had not begun to write")
        return self.journal

    def common_folder(self, form: str) -> Place:
        """Where the parts of all shares come together."""
        return parts_place(self.forms[form])

    def beside(self, kind: str) -> bytes:
        """What lies beside its parts, whole: `rejects` or `samples`; nothing, where there is none.

        Raises:
            ValueError: it is not what the journal says.
        """
        mark = (self.made or {}).get(kind)
        if mark is None:
            return b""
        with os.fdopen(open_existing(self.beside_place(kind)), "rb") as file:
            content = file.read()
        if [len(content), hashlib.sha256(content).hexdigest()] != mark:
            raise ValueError(kind)
        return content


def read_plan(folder: Place) -> dict[str, Any]:
    """What a share was begun with.

    Raises:
        EtlError, OSError, ValueError: there is nothing that can be read.
    """
    with os.fdopen(open_existing(folder.child(PLAN_NAME)), "rb") as file:
        found: Any = json_of_file(file)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def write_plan(folder: Place, config: JobConfig, document: dict[str, Any], from_folder: str) -> None:
    """Say what the share is begun with.

    Args:
        folder: of the share.
        config: of the job.
        document: see `plan_key.plan_document`.
        from_folder: that relative paths count from.
    """
    values = {
        key: value for key, value in plain(config).items() if key not in {"actor", "extra_input_roots", "store_roots"}
    }
    entry = {"version": _VERSION, "share": config.shard, "folder": from_folder, "config": values, "document": document}
    target = folder.child(PLAN_NAME)
    new = folder.child(f"{PLAN_NAME}.new")
    remove(new)
    part = PartFile.create_at(target, new, to_json(entry).encode())
    try:
        supersede(part)
    finally:
        part.close()


def made_entry(outputs: JobOutputs, usage: Usage, seconds: float, head: str) -> dict[str, Any]:
    """The last line of the journal of a share that is done.

    Args:
        outputs: sealed.
        usage: of its workers.
        seconds: that it took.
        head: of the audit log of its home, as it was then.
    """
    (table,) = outputs.tables
    made: dict[str, Any] = {
        output.ending.removeprefix("."): [[one.path.name, one.bytes, one.rows, one.sha256] for one in output.summaries]
        for output in table.outputs
    }
    made["dialects"] = {} if table.csv is None else {table.csv.ending.removeprefix("."): dict(table.csv.dialect)}
    for kind, part in (("rejects", outputs.rejects.part), ("samples", table.sample.part if table.sample else None)):
        if part is not None:
            made[kind] = [part.size, part.sha256()]
    sandbox = None if usage.sandbox is None else asdict(usage.sandbox)
    made["usage"] = [usage.peak_rss_bytes, usage.cpu_seconds, sandbox, seconds]
    return {_MADE: made | {"audit": head}}


def _forms(targets: Targets) -> dict[str, Place]:
    both = {"csv": targets.csv, "parquet": targets.parquet}
    return {form: target for form, target in both.items() if target is not None}


def sizes_in(folder: Place) -> dict[str, int]:
    """Of the files in a folder, in bytes; none, where it is not there."""
    with contextlib.suppress(EtlError, OSError):
        descriptor = open_folder(folder)
        try:
            with os.scandir(descriptor) as entries:
                return {entry.name: entry.stat(follow_symlinks=False).st_size for entry in entries}
        finally:
            os.close(descriptor)
    return {}


def _size(place: Place) -> int | None:
    try:
        return status_of(place).st_size
    except (EtlError, OSError):
        return None
