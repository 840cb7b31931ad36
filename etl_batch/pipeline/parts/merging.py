"""Putting shares together: all must be there, of one plan; then their parts, samples and totals are the job's."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, EtlError, OutputBusy, PartsMissing
from etl_batch.formats.opening import Opening
from etl_batch.light_dataclass import dataclass
from etl_batch.options.share import Share
from etl_batch.pipeline.audit_trail import JobAudit
from etl_batch.pipeline.conversion import Conversion
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.metadata import result_of_json
from etl_batch.pipeline.outputs.restart_point import sum_of
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.pipeline.parts.folder import MANIFEST_NAME, manifest_of
from etl_batch.pipeline.parts.made_share import MadeShare, sizes_in
from etl_batch.pipeline.parts.plan_key import plan_document, plan_key, refuse_other_plan
from etl_batch.pipeline.parts.share_plan import share_folder
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.storage.part_file import explained, remove, remove_tree
from etl_batch.storage.paths import list_folder, make_folder, open_input
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import opened_folder, part_place, parts_place, shards_place
from etl_batch.storage.target import locked
from etl_batch.text.bounded_documents import MOST_JSON_BYTES, json_of_file
from etl_batch.text.number_text import counted
from etl_batch.values import JobResult

_FOLDER = re.compile(r"(\d{1,7})-of-(\d{1,7})")
_NAMED = 20  #: shares that an error names


def shares_there(folder: Place) -> list[Share]:
    """The shares of which there is something, of an output that they are to become.

    Raises:
        PartsMissing: there is none.
        ConfigError: they are of different numbers of shares.
    """
    there = shards_place(folder)
    names: list[str] = []
    with contextlib.suppress(EtlError):
        names = list_folder(there)
    found = [Share(int(match[1]), int(match[2])) for name in names if (match := _FOLDER.fullmatch(name))]
    if not found:
        raise PartsMissing(f"no share of {folder.path} is there", mend="make them with --shard, from 0/N to N-1/N")
    counts = sorted({share.count for share in found})
    if len(counts) > 1:
        raise ConfigError(
            f"{there.path} holds shares of {' and of '.join(map(str, counts))}: which are meant, nobody can tell",
            mend="remove the folders of those that are not",
        )
    return sorted(found, key=lambda share: share.number)


@dataclass(frozen=True, slots=True)
class Shares:
    """All shares of a job, held, so that nobody makes one anew meanwhile."""

    config: JobConfig
    made: tuple[MadeShare, ...]  #: in their order

    @classmethod
    @contextlib.contextmanager
    def held(cls, config: JobConfig) -> Iterator[Shares]:
        """All of them, until the block ends.

        Args:
            config: of the job.

        Raises:
            PartsMissing: some are not there, or not whole; names them.
            ConfigError: see `shares_there`.
        """
        count = shares_there(targets_of(config).first)[0].count
        with contextlib.ExitStack() as stack:
            made, missing = [], []
            for share in (Share(number, count) for number in range(count)):
                found = MadeShare.found(config, share)
                if found is not None:
                    try:
                        stack.enter_context(locked(share_folder(config, share), 0.0))
                    except OutputBusy:
                        found = None
                if found is None or not found.is_whole:
                    missing.append(share.text)
                else:
                    made.append(found)
            if missing:
                more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
                raise PartsMissing(
                    f"{targets_of(config).first.path}: {len(missing):,} of {counted(count, 'share')} "
                    f"{'is' if len(missing) == 1 else 'are'} missing or not whole: {', '.join(missing[:_NAMED])}{more}"
                )
            yield cls(config, tuple(made))

    def refuse_others(self, plan: JobPlan, audit: JobAudit) -> None:
        """Refuse shares that were made by another plan than this; write down those that were not.

        Raises:
            InputChanged, ConfigError: see `refuse_other_plan`.
            AuditUnavailable: it could not be written down.
        """
        now = plan_document(plan)
        for one in self.made:
            refuse_other_plan(now, one.document, one.share.text)
        key = plan_key(now)
        audit.shares_merged(
            [
                {
                    "share": one.share.text,
                    "plan": key,
                    "share_job": one.journal.job.job_id,
                    "log_head": str((one.made or {}).get("audit")),
                }
                for one in self.made
                if one.journal is not None
            ]
        )

    def taken(self, plan: JobPlan, outputs: JobOutputs) -> Usage:
        """Let the outputs have what all shares made; returns what that took.

        Raises:
            PartsMissing: what lies beside the parts of a share is not what its journal says.
            OutputFailed: a part could not be brought to the others.
        """
        (table,) = outputs.tables
        for output in table.outputs:
            form = output.ending.removeprefix(".")
            make_folder(parts_place(output.target))
            for one in self.made:
                _bring(one, form)
            found = [summary for one in self.made for summary in one.summaries(form)]
            listed = {summary.path.name for summary in found}
            for name in list_folder(parts_place(output.target)):
                if name not in listed:  # of another plan
                    remove(parts_place(output.target).child(name))
            output.adopt(parts_place(output.target), found)
        for one in self.made:
            _take(one, outputs)
        outputs.rejects.leftovers_of = max((span.source for span in plan.spans), default=0)
        usages = [one.usage[0] for one in self.made]
        return sum(usages[1:], usages[0])

    @property
    def seconds(self) -> float:
        """That all of them took, added up."""
        return sum(one.usage[1] for one in self.made)


def _bring(one: MadeShare, form: str) -> None:
    """Bring the parts of a share to those of the others; what is there already stays."""
    common = one.common_folder(form)
    own = sizes_in(one.own_folder(form))
    names = [name for name, *_ in (one.made or {})[form] if name in own]  # others were brought by one that was killed
    if not names:
        return
    here, there = one.own_folder(form).child(names[0]), common.child(names[0])
    with opened_folder(here) as source, opened_folder(there) as target, explained(str(common.path)):
        for name in names:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)


def _take(one: MadeShare, outputs: JobOutputs) -> None:
    """Take what a share learned, sampled and set aside."""
    (table,) = outputs.tables
    for point in one.journal.restart_points if one.journal is not None else ():
        table.learn(point.learned)
    table.totals = sum_of([table.totals, one.totals])
    try:
        if table.sample is not None and (samples := one.beside("samples")):
            table.sample.take(samples)
        outputs.rejects.take(one.beside("rejects"))
    except (ValueError, EtlError) as error:
        folder = share_folder(one.config, one.share).path
        raise PartsMissing(
            f"share {one.share.text}: what lies beside its parts is not what it was",
            mend=f"remove {folder}, and make that share again",
        ) from error


def merged(conversion: Conversion, opening: Opening) -> JobResult:
    """Put the shares of a job together, and publish what they made.

    Raises:
        PartsMissing, ConfigError, InputChanged: they cannot be put together; nothing is published.
        EtlError: it failed; the shares are still there.
    """
    config = opening.config
    if (before := _published(config)) is not None:  # by a start that was killed before it had removed the shares
        conversion.audit.ended(before)
        _remove_shares(config, before.job_id)
        return before
    with Shares.held(config) as shares:
        result = replace(conversion, shares=shares).result(replace(opening, may_expect=False))
        _remove_shares(config, result.job_id)
    return result


def _published(config: JobConfig) -> JobResult | None:
    """What was published of the very parts that the shares made; None: that is not in its place."""
    count = shares_there(targets_of(config).first)[0].count
    made = [MadeShare.found(config, Share(number, count)) for number in range(count)]
    whole = [one for one in made if one is not None and one.made is not None]
    if len(whole) < count:
        return None
    metadata = targets_of(config).metadata
    with contextlib.suppress(EtlError, OSError, ValueError, KeyError, TypeError):
        for form, target in whole[0].forms.items():
            with os.fdopen(open_input(target.child(MANIFEST_NAME)), "rb") as file:
                there: Any = json_of_file(file)
            if there != manifest_of([summary for one in whole for summary in one.summaries(form)], form):
                return None
        with os.fdopen(open_input(metadata), "rb") as file:
            return result_of_json(file.read(MOST_JSON_BYTES + 1), metadata.path)
    return None


def _remove_shares(config: JobConfig, job_id: str) -> None:
    """What the shares left is not needed any more: it gets a name that the next start removes, and is removed."""
    target = targets_of(config).first
    stale = part_place(target, job_id)
    with contextlib.suppress(OSError), opened_folder(target) as parent:
        name = shards_place(target).relative.name
        os.rename(name, stale.relative.name, src_dir_fd=parent, dst_dir_fd=parent)
    remove_tree(stale)
