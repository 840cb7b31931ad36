"""The column profile: of each column of the outputs what its values are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.accumulators.profile_values import column_of
from etl_batch.formats.facts import ColumnFacts
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import json_document

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch


@dataclass(frozen=True, slots=True)
class ColumnProfile(Accumulator):
    """Of a table."""

    key: ClassVar[str] = "column_profile"

    names: tuple[str, ...]  #: of the outputs' columns

    def expect(self, batch: Batch) -> None:
        """See `Accumulator.expect`."""
        batch.note_facts()

    def begin(self) -> KnownColumns:
        """See `Accumulator.begin`."""
        return KnownColumns(self.names)

    def unpack(self, packed: bytes) -> KnownColumns:
        """See `Accumulator.unpack`."""
        rows, columns = json_document(packed)
        return KnownColumns(self.names, rows, [ColumnFacts.unpacked(values) for values in columns])


@dataclass(slots=True)
class KnownColumns(Learned):
    """What is known of the columns."""

    names: tuple[str, ...]
    rows: int = 0
    columns: list[ColumnFacts] | None = None  #: None: there is no row

    def add(self, batch: Batch) -> None:
        """See `Learned.add`."""
        if batch.rows:
            self.merge(KnownColumns(self.names, batch.rows, list(batch.facts())))

    def pack(self) -> bytes:
        """See `Learned.pack`."""
        return json.dumps([self.rows, [one.packed() for one in self.columns or ()]], separators=(",", ":")).encode()

    def merge(self, other: KnownColumns) -> None:
        """See `Learned.merge`."""
        if not other.rows:
            return
        ours, theirs = self.columns, other.columns or []
        self.columns = [one.merged(its) for one, its in zip(ours, theirs, strict=True)] if ours else theirs
        self.rows += other.rows

    def finish(self) -> dict[str, Any]:
        """See `Learned.finish`: `{"rows", "columns"}`, as the manual describes it."""
        columns = self.columns or [ColumnFacts(word="str")] * len(self.names)
        return {
            "rows": self.rows,
            "columns": [column_of(name, facts) for name, facts in zip(self.names, columns, strict=True)],
        }
