"""The rules of a contract: what the rows of a table come to under them, and which are set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.contracts.contract import Contract
from etl_batch.contracts.drift import NO_RUN
from etl_batch.contracts.findings import Counts, findings
from etl_batch.formats.output_columns import OutputColumns
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch


@dataclass(frozen=True, slots=True)
class ContractRules(Accumulator):
    """Of a table."""

    key: ClassVar[str] = "contract"

    contract: Contract
    shapes: tuple[OutputColumns, ...]  #: of each source: the columns that rules are about, and the numbers of rows
    first_source: int  #: of the table
    inputs: tuple[str, ...]  #: what each source is called

    def begin(self) -> KeptRules:
        """See `Accumulator.begin`."""
        return KeptRules(self, Counts.of(self.contract))

    def unpack(self, packed: bytes) -> KeptRules:
        """See `Accumulator.unpack`."""
        return KeptRules(self, Counts.unpacked(packed))


@dataclass(slots=True)
class KeptRules(Learned):
    """What some rows come to."""

    of: ContractRules
    counts: Counts

    def refuse(self, batch: Batch, source: int) -> Mapping[int, str]:
        """See `Learned.refuse`."""
        from etl_batch.contracts.checking import checked

        place = source - self.of.first_source
        table = batch.shaped(self.of.shapes[place]).table()
        self.counts, refused = checked(self.of.contract, table, place)
        return refused

    def add(self, batch: Batch) -> None:
        """See `Learned.add`: all was counted before rows were set aside."""

    def pack(self) -> bytes:
        """See `Learned.pack`."""
        return self.counts.pack()

    def merge(self, other: KeptRules) -> None:
        """See `Learned.merge`."""
        self.counts.merge(other.counts)

    def notes(self, table: str) -> tuple[str, ...]:  # noqa: ARG002 - there is one table
        """See `Learned.notes`."""
        rules = self.of.contract.rules
        alone = (place for place, (said, _) in self.counts.ended.items() if said == NO_RUN)
        return tuple(f"{rules[place].text}: {NO_RUN}" for place in alone)

    def finish(self) -> dict[str, Any]:
        """See `Learned.finish`."""
        return findings(self.of.contract, self.counts, self.of.inputs)
