"""Whether the names that a job would take are free for it: by the table of `claims`, and by what is there.

Names alone are judged before anything is looked at (`refuse_names`), clashes with inputs once these are known
(`refuse_clashes`), and what is there once the job holds its outputs, so that nobody changes it meanwhile
(`refuse_taken_names`).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Sequence

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, EtlError, NameClaimed
from etl_batch.formats.format import Source
from etl_batch.pipeline.outputs.claims import (
    HEAD_BYTES,
    METADATA_ENDING,
    SAMPLE_ENDING,
    TOTALS_ENDING,
    Claim,
    Found,
    Purpose,
    first_clash,
    foreign_name,
    may_replace,
    purpose_there,
)
from etl_batch.pipeline.outputs.targets import Targets, metadata_beside, targets_of
from etl_batch.pipeline.parts.folder import is_of_a_folder
from etl_batch.storage.paths import list_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.storage.side_names import journal_place, lock_place, opened_folder


def refuse_names(config: JobConfig) -> Targets:
    """Refuse outputs of one job that would replace one another, and names that are not for a user to give.

    Returns:
        The places that the configuration names.

    Raises:
        ConfigError: two of them are the same, or one lies inside the other.
        NameClaimed: a name is that of a side file, a layout, or a report of a job.
        Refused: a path that may not be written.
    """
    targets = targets_of(config)
    written = _written(targets)
    _refuse_clash([*written, *_read(config, ())])
    _refuse_named_inputs(config, written)
    for target, purpose in _given(targets):
        found = foreign_name(Claim(target.path, purpose), target.relative.parts)
        if found is not None and not _is_own_metadata(target, targets):
            name, owner = found
            raise NameClaimed(f"{target.path}: {name} is the name of {owner}, which {_kind(purpose)} cannot have")
    return targets


def refuse_clashes(config: JobConfig, targets: Targets, sources: Sequence[Source]) -> None:
    """Refuse outputs that would replace one another, or something that the job reads.

    Raises:
        ConfigError: two of them are the same, or one lies inside the other.
    """
    _refuse_clash([*_written(targets), *_read(config, sources)])
    read = {(source.identity.device, source.identity.inode): source for source in sources}
    for target, _ in _given(targets):
        source = read.get(_identity_at(target))
        if source is not None:
            raise _clash(target.path, source.place.path)


def refuse_taken_names(targets: Targets) -> None:
    """Refuse to replace what is for another purpose than what would come; the caller holds the outputs.

    Raises:
        NameClaimed: a report in the place of data, data in the place of a report, a folder with other files in it.
    """
    for target, purpose in _given(targets):
        if targets.is_folder(target):
            _refuse_other_files(target)
        refuse_taken(Claim(target.path, purpose), target)


def refuse_taken(claim: Claim, target: Place) -> None:
    """Refuse to replace what is for another purpose than what would come.

    Raises:
        NameClaimed: that is what is there, or the target lies in the folder of another output.
    """
    for folder in target.relative.parents:
        if folder.parts and _has_metadata(Place(target.root, folder)):
            raise NameClaimed(f"{target.path} lies inside {target.root / folder}, which is the output of another job")
    found = found_at(target)
    if found is None or may_replace(claim.purpose, found):
        return
    what = "an output, or something else that cannot be told" if found.purpose is None else str(found.purpose)
    whose = "" if found.job_id is None else f" of job {found.job_id}"
    raise NameClaimed(f"{target.path} is {what}{whose}, which {_kind(claim.purpose)} cannot replace")


def found_at(target: Place) -> Found | None:
    """What is under a name; None: nothing, or no plain file, which is refused elsewhere."""
    try:
        descriptor = open_input(target)
    except EtlError:
        return None
    try:
        head = os.pread(descriptor, HEAD_BYTES, 0)
    finally:
        os.close(descriptor)
    return purpose_there(target.relative.name, head, has_metadata=_has_metadata(target))


def _has_metadata(target: Place) -> bool:
    """Whether the metadata of an output of this name lie beside it."""
    with contextlib.suppress(EtlError, OSError), opened_folder(target) as parent:
        beside = os.stat(f"{target.relative.name}{METADATA_ENDING}", dir_fd=parent, follow_symlinks=False)
        return stat.S_ISREG(beside.st_mode)
    return False


def _identity_at(target: Place) -> tuple[int, int]:
    """Device and inode of what is under a name; of nothing, those that no file has."""
    with contextlib.suppress(EtlError, OSError), opened_folder(target) as parent:
        there = os.stat(target.relative.name, dir_fd=parent, follow_symlinks=False)
        return there.st_dev, there.st_ino
    return -1, -1


def _refuse_other_files(folder: Place) -> None:
    """A folder of parts is replaced as a whole: with whatever somebody else has put there."""
    try:
        names = list_folder(folder)
    except EtlError:  # nothing there, or no folder, which is refused elsewhere
        return
    other = next((name for name in names if not _is_of_an_output(folder, name, names)), None)
    if other is not None:
        raise NameClaimed(f"{folder.path} holds other files than the parts of an output: {other}")


def _is_of_an_output(folder: Place, name: str, names: Sequence[str]) -> bool:
    """Whether a job puts this into a folder: a part or what lists them, the folder of a table, or the sample of one."""
    if is_of_a_folder(name):
        return True
    for ending in (SAMPLE_ENDING, TOTALS_ENDING):
        if name.endswith(ending):
            return name.removesuffix(ending) in names
    with contextlib.suppress(EtlError):
        return all(map(is_of_a_folder, list_folder(folder.child(name))))
    return False


def _given(targets: Targets) -> list[tuple[Place, Purpose]]:
    """The names that a user gave, or could have given."""
    given = [(output, Purpose.OUTPUT) for output in targets.outputs]
    given.append((targets.metadata, Purpose.METADATA))
    return given if targets.report is None else [*given, (targets.report, Purpose.REPORT)]


def _kind(purpose: Purpose) -> str:
    return "metadata" if purpose is Purpose.METADATA else str(purpose)


def _is_own_metadata(target: Place, targets: Targets) -> bool:
    """Whether metadata go beside an output of the same job, under the name that is theirs there."""
    return target == targets.metadata and target in [metadata_beside(output) for output in targets.outputs]


def _written(targets: Targets) -> list[Claim]:
    claims = [Claim(target.path, purpose) for target, purpose in _given(targets)]  # first, as an error names them
    hidden = (side(target).path for target in targets.held for side in (lock_place, journal_place))
    claims += [Claim(path, Purpose.HIDDEN) for path in hidden]
    claims.append(Claim(targets.completed_metadata.path, Purpose.METADATA))
    claims.append(Claim(targets.rejects.path, Purpose.REJECTS))
    claims += [Claim(place.path, Purpose.SAMPLE) for place in (targets.sample, targets.span_samples)]
    claims.append(Claim(targets.span_keys.path, Purpose.KEYS))
    return [*claims, Claim(targets.totals.path, Purpose.TOTALS), Claim(targets.package.path, Purpose.PACKAGE)]


def _read(config: JobConfig, sources: Iterable[Source]) -> list[Claim]:
    read = [Claim(source.place.path, Purpose.INPUT, is_written=False) for source in sources]
    if config.layout is not None:
        with contextlib.suppress(EtlError):  # whoever reads it says why it cannot be
            layout = place(config.layout, config.input_roots)
            read.append(Claim(layout.path, Purpose.LAYOUT, is_written=False))
    return read


def _refuse_named_inputs(config: JobConfig, written: Sequence[Claim]) -> None:
    """Before anything is opened: an output in the place of what is named as an input."""
    taken = {claim.path for claim in written}
    for given in config.inputs:
        try:
            source = place(given, config.input_roots).path
        except EtlError:  # whoever reads it says why it cannot be
            continue
        if source in taken:
            raise _clash(source, f"the input {given}")


def _refuse_clash(claims: Sequence[Claim]) -> None:
    clash = first_clash(claims)
    if clash is not None:
        raise _clash(*(claim.path for claim in clash))


def _clash(first: object, other: object) -> ConfigError:
    return ConfigError(f"{first} would replace {other}", mend="give each output a place of its own")
