"""An input whose footer says which groups of rows it has: what Parquet and Arrow files have in common."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from etl_batch.errors import EmptyInput, FormatCorrupt
from etl_batch.formats.arrow.plan import MOST_PIECES, Group, runs, shares
from etl_batch.formats.column_kinds import ColumnKind, kind_of_arrow
from etl_batch.formats.format import PlannedAlone
from etl_batch.formats.unchanged import identity_of, needed, open_read, opened_unchanged
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.arrow.table_store import TableStore

FOOTERS_KEPT = 8  #: in a process


class GroupedFooter(Protocol):
    """What the end of such a file says about the rest."""

    @property
    def schema(self) -> pa.Schema:
        """Normalised, see `schema.normalised_schema`."""

    @property
    def groups(self) -> Sequence[Group]:
        """All of them, in the order of their rows."""

    @property
    def rows(self) -> int:
        """Of all groups."""

    @property
    def uncompressed_bytes(self) -> int:
        """Of all groups, as whoever wrote the file has it."""

    @property
    def row_bytes(self) -> int:
        """About how much memory a row takes once it is decoded."""


@dataclass(frozen=True, slots=True)
class GroupedInput(PlannedAlone, ABC):
    """One such file of a job, as it was when the job was planned. It travels without its footer."""

    ordinal: int
    place: Place
    identity: FileIdentity
    schema: pa.Schema  #: normalised, see `schema.normalised_schema`
    rows: int
    uncompressed_bytes: int  #: as the footer has it; whoever wrote the file may have lied

    @property
    @abstractmethod
    def format(self) -> str:
        """See `Source.format`."""

    @abstractmethod
    def footer(self) -> GroupedFooter:
        """Of the file, which still is what it was; read once a process.

        Raises:
            InputChanged: the file is not what it was.
        """

    @property
    def names(self) -> list[str]:
        """See `Source.names`."""
        names: list[str] = self.schema.names
        return names

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        from etl_batch.formats.arrow.schema import summable

        return summable(self.schema)

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        import pyarrow as pa

        return [pa.types.is_floating(one.type) or pa.types.is_decimal(one.type) for one in self.schema]

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`."""
        return [kind_of_arrow(one.type) for one in self.schema]

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """See `Source.files`."""
        return (needed(self.place),)

    def row_store(self) -> TableStore:
        """See `Source.row_store`."""
        from etl_batch.formats.arrow.table_store import TableStore

        return TableStore(self.schema)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """Its rows, in order: small groups joined, huge ones cut; see `Source.plan` and `plan.runs`.

        Their bytes are shares of the file's, by what each has uncompressed: where exactly its bytes lie, only their
        reading tells safely. Spans become one part of a folder until they have `chunk_bytes`.

        Raises:
            InputChanged: the file is not what it was.
        """
        footer = self.footer()
        most = min(MOST_PIECES, self.identity.size // max(len(footer.groups), 1))
        found = runs(footer.groups, footer.row_bytes, chunk_bytes, most)
        bounds = shares(self.identity.size, [run.weight for run in found])
        spans: list[Span] = []
        part, part_start = first_part, 0
        for run, start, stop in zip(found, bounds, bounds[1:], strict=False):
            if start - part_start >= chunk_bytes:
                part, part_start = part + 1, start
            ordinal = first_ordinal + len(spans)
            spans.append(Span(ordinal, self.ordinal, start, stop, run.first_row, run.rows, part))
        return spans

    def leftover(self) -> Rejected | None:
        """None: every row is in a group."""
        return None


_Footer = TypeVar("_Footer", bound=GroupedFooter)


def measured(
    where: Place,
    refuse_wrong_magic: Callable[[int, int, Path], None],
    read_footer: Callable[[int, Path], _Footer],
) -> tuple[FileIdentity, _Footer]:
    """What a file is when it is opened first, and its footer.

    Args:
        where: it lies.
        refuse_wrong_magic: refuses a descriptor, with its size, that does not begin and end as such a file does.
        read_footer: of a descriptor.

    Raises:
        PathRefused, NotFound, NotRegular, HardLink, Unreadable: it cannot be opened.
        EmptyInput: it has no bytes.
    """
    descriptor = open_read(where)
    try:
        identity = identity_of(where, descriptor)
        if identity.size == 0:
            raise EmptyInput(f"{where.path} has 0 bytes")
        refuse_wrong_magic(descriptor, identity.size, where.path)
        return identity, read_footer(descriptor, where.path)
    finally:
        os.close(descriptor)


def footer_again(source: GroupedInput, read_footer: Callable[[int, Path], _Footer]) -> _Footer:
    """The footer of an input that was measured.

    Raises:
        InputChanged: the file is not what it was.
        FormatCorrupt: it says something else than it did.
    """
    with opened_unchanged(source) as descriptor:
        footer = read_footer(descriptor, source.place.path)
    if footer.rows != source.rows:
        raise FormatCorrupt(f"{source.place.path}: {footer.rows} rows, {source.rows} when the job was planned")
    return footer
