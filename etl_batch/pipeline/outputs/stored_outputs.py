"""Outputs that go to object stores: made whole on the disk first, then put, the mark that all of it is there last.

A part counts by the manifest that names it, with its bytes and its hash, and its name holds the plan that it was made
by: the same plan gives the same name and the same bytes, so that nothing is harmed by whoever puts it twice.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError, NameClaimed
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claims import METADATA_ENDING, REJECTS_ENDING, SAMPLE_ENDING, TOTALS_ENDING
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.pipeline.outputs.targets import Targets, targets_of
from etl_batch.pipeline.parts.folder import MANIFEST_NAME, SUCCESS_NAME, manifest_of
from etl_batch.storage.object_store import ObjectStore
from etl_batch.storage.part_file import remove_tree
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place
from etl_batch.text.store_address import Address, is_address, path_of, store_options
from etl_batch.values import JobResult, OutputSummary

if TYPE_CHECKING:
    from etl_batch.pipeline.outputs.job_outputs import JobOutputs

_AT_ONCE = 8  #: objects that are put
_PART = re.compile(r"(part-\d{7})-([0-9a-f]{16})(\.(?:csv|parquet))")
#: what lies beside an output, and as what it lies among the parts in a store; readers skip names that begin so
_BESIDE = {
    SAMPLE_ENDING: "_sample.parquet",
    TOTALS_ENDING: "_totals.parquet",
    REJECTS_ENDING: "_rejected.csv",
    METADATA_ENDING: "_metadata.json",
}
_OURS = frozenset({*_BESIDE.values(), MANIFEST_NAME, SUCCESS_NAME})


@dataclass(frozen=True, slots=True)
class StoredFolder:
    """An output in a store."""

    form: str  #: csv or parquet
    address: Address
    store: ObjectStore
    local: Place  #: where it is made

    def refuse_foreign(self, plan: str, *, overwrite: bool) -> None:
        """Refuse a prefix that holds something else than what this plan puts there.

        Raises:
            NameClaimed: it does.
        """
        names = self.store.names(self.address.name)
        for name in names:
            if name not in _OURS and _PART.fullmatch(name) is None:
                raise NameClaimed(f"{self.address.text} holds other objects than the parts of an output: {name[:200]}")
        if names and not overwrite and {found for _, found in _parts(names)} != {plan}:
            raise NameClaimed(
                f"{self.address.text} holds parts of another plan: other inputs, options or versions",
                mend="--overwrite replaces them; or give another prefix",
            )

    def put_parts(self, plan: str, parts: Sequence[OutputSummary], grown: Place) -> None:
        """Put all parts; what says that another output is whole is removed before.

        Args:
            plan: see `refuse_foreign`.
            parts: all of them, finished.
            grown: the folder that they lie in.
        """
        self.store.remove(self._name(SUCCESS_NAME))

        def put(part: OutputSummary) -> None:
            with _content(grown.child(part.path.name)) as content:
                self.store.put(self._name(_stored_name(part, plan)), content)

        _all(put, parts)

    def located(self, part: OutputSummary, plan: str) -> OutputSummary:
        """The same, as it lies in the store."""
        return replace(part, path=path_of(f"{self.address.text}{_stored_name(part, plan)}"), identity=None)

    def commit(self, result: JobResult, targets: Targets) -> None:
        """Put what tells of the parts, remove what others left, and put the mark that all of it is there."""
        own = [part for part in result.outputs if str(part.path).startswith(self.address.text)]
        self.store.put(self._name(MANIFEST_NAME), to_json(manifest_of(own, self.form)).encode())
        beside = {
            SAMPLE_ENDING: targets.sample,
            TOTALS_ENDING: targets.totals,
            REJECTS_ENDING: targets.rejects,
            METADATA_ENDING: targets.metadata,
        }
        kept = {MANIFEST_NAME, *(part.path.name for part in own)}
        for ending, place in beside.items():
            with contextlib.suppress(EtlError), _content(place) as content:
                self.store.put(self._name(_BESIDE[ending]), content)
                kept.add(_BESIDE[ending])
        stale = [name for name in self.store.names(self.address.name) if name in _OURS or _PART.fullmatch(name)]
        _all(self.store.remove, [self._name(name) for name in stale if name not in kept])
        self.store.put(self._name(SUCCESS_NAME), b"")

    def _name(self, name: str) -> str:
        return f"{self.address.name}{name}"


@dataclass(frozen=True, slots=True)
class StoredOutputs:
    """Those outputs of a job that go to stores."""

    folders: tuple[StoredFolder, ...]
    overwrite: bool

    @classmethod
    def of(cls, config: JobConfig) -> Self | None:
        """What the job's options name; None: nothing goes to a store.

        Raises:
            StoreClosed, StoreAddress: a prefix may not be used.
        """
        given = {"csv": config.output_csv, "parquet": config.output_parquet}
        if not any(output is not None and is_address(output) for output in given.values()):
            return None
        targets = targets_of(config)
        places = {"csv": targets.csv, "parquet": targets.parquet}
        folders = []
        for form, output in given.items():
            local = places[form]
            if output is None or local is None or not is_address(output):
                continue
            address = Address.parse(output)
            address.refuse_closed(config.store_roots)
            store = ObjectStore.of(address.scheme, store_options(config.store_options))
            folders.append(StoredFolder(form, address, store, local))
        return cls(tuple(folders), config.overwrite)

    def refuse_foreign(self, plan: str) -> None:
        """See `StoredFolder.refuse_foreign`."""
        for folder in self.folders:
            folder.refuse_foreign(plan, overwrite=self.overwrite)

    def put_parts(self, plan: str, outputs: JobOutputs) -> None:
        """See `StoredFolder.put_parts`: of outputs that are finished, and not published."""
        (table,) = outputs.tables
        grown = {output.target: output for output in table.outputs}
        for folder in self.folders:
            output = grown[folder.local]
            folder.put_parts(plan, output.summaries, output.hidden)

    def located(self, result: JobResult, plan: str) -> JobResult:
        """The result, its outputs as they lie in the stores."""
        found = list(result.outputs)
        for folder in self.folders:
            found = [folder.located(one, plan) if folder.local.path in one.path.parents else one for one in found]
        return replace(result, outputs=tuple(found))

    def commit(self, result: JobResult, config: JobConfig) -> JobResult:
        """See `StoredFolder.commit`: of a job that is published on the disk, whose parts are there no longer then."""
        for folder in self.folders:
            folder.commit(result, targets_of(config))
        for folder in self.folders:
            remove_tree(folder.local)
        gone = [folder.local.path for folder in self.folders]
        left = tuple(one for one in result.published if not {one.path, *one.path.parents}.intersection(gone))
        return replace(result, published=left)


def committed(result: JobResult, config: JobConfig) -> JobResult:
    """The result of a job whose publication a later start finished; what goes to stores is there then, too."""
    stored = StoredOutputs.of(config)
    return result if stored is None else stored.commit(result, config)


def _parts(names: Sequence[str] | dict[str, int]) -> Iterator[tuple[str, str]]:
    """Of names of parts, which they are, and by which plan."""
    for name in names:
        if (found := _PART.fullmatch(name)) is not None:
            yield found[1], found[2]


def _stored_name(part: OutputSummary, plan: str) -> str:
    name = PurePosixPath(part.path.name)
    return f"{name.stem}-{plan}{name.suffix}"


@contextlib.contextmanager
def _content(place: Place) -> Iterator[bytes | memoryview]:
    """What a file holds, mapped."""
    descriptor = open_input(place)
    try:
        size = os.fstat(descriptor).st_size
        if not size:
            yield b""
            return
        mapped = mmap.mmap(descriptor, size, mmap.MAP_SHARED, mmap.PROT_READ)
        try:
            yield memoryview(mapped)
        finally:
            with contextlib.suppress(BufferError):  # an error still refers to it
                mapped.close()
    finally:
        os.close(descriptor)


def _all(do: Callable[[OutputSummary], None] | Callable[[str], None], items: Sequence[OutputSummary | str]) -> None:
    """Do it with every item, some at once; after the first that fails, none is begun."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="store") as threads:
        for _ in threads.map(do, items):
            pass
