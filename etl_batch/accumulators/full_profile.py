"""The column profile with what values are like: how many different ones, where they lie, which are frequent."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.accumulators.column_profile import KnownColumns
from etl_batch.accumulators.profile_values import column_of
from etl_batch.accumulators.value_shapes import values_of
from etl_batch.formats.facts import ColumnFacts
from etl_batch.formats.value_facts import ValueFacts
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import json_document

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch

_BEHIND_REGISTERS = b"!"  #: no letter of a register


@dataclass(frozen=True, slots=True)
class FullProfile(Accumulator):
    """Of a table. The types of all its columns are known before the pass."""

    key: ClassVar[str] = "column_profile"

    names: tuple[str, ...]  #: of the outputs' columns

    def begin(self) -> KnownValues:
        """See `Accumulator.begin`."""
        return KnownValues(KnownColumns(self.names))

    def unpack(self, packed: bytes) -> KnownValues:
        """See `Accumulator.unpack`."""
        letters, _, document = packed.partition(_BEHIND_REGISTERS)
        rows, columns, values = json_document(zlib.decompress(base64.b64decode(document)))
        light, found = KnownColumns(self.names, rows, [ColumnFacts.unpacked(one) for one in columns]), []
        for one in values:
            found.append(ValueFacts.unpacked(one, letters))
            letters = letters[len(found[-1].packed_registers()) :]
        return KnownValues(light, found)


@dataclass(slots=True)
class KnownValues(Learned):
    """What is known of the columns, and of their values."""

    light: KnownColumns
    values: list[ValueFacts] = field(default_factory=list)  #: none: there is no row

    def add(self, batch: Batch) -> None:
        """See `Learned.add`."""
        from etl_batch.formats.counted_values import counted
        from etl_batch.formats.noted_facts import ColumnNotes

        if not batch.rows:
            return
        columns = batch.written_columns()
        facts = ColumnNotes(columns).facts(batch.rows)
        found = counted(columns, batch.rows, facts)
        self.merge(KnownValues(KnownColumns(self.light.names, batch.rows, facts), found))

    def pack(self) -> bytes:
        """See `Learned.pack`."""
        facts = [one.packed() for one in self.light.columns or ()]
        made = json.dumps([self.light.rows, facts, [one.packed() for one in self.values]], separators=(",", ":"))
        letters = b"".join(one.packed_registers() for one in self.values)  # nothing makes them much shorter
        return letters + _BEHIND_REGISTERS + base64.b64encode(zlib.compress(made.encode(), 1))

    def merge(self, other: KnownValues) -> None:
        """See `Learned.merge`."""
        self.light.merge(other.light)
        if not self.values:
            self.values = other.values
            return
        for ours, theirs in zip(self.values, other.values, strict=bool(other.values)):
            ours.merge(theirs)

    def finish(self) -> dict[str, Any]:
        """See `Learned.finish`."""
        facts = self.light.columns or [ColumnFacts(word="str")] * len(self.light.names)
        values = self.values or [ValueFacts() for _ in facts]
        found = zip(self.light.names, facts, values, strict=True)
        columns = [column_of(name, its) | values_of(its, beside) for name, its, beside in found]
        return {"rows": self.light.rows, "columns": columns}
