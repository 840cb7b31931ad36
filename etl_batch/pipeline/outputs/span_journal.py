"""Writing the journal of a job: a line for each span, once all that the span added is in the files and hashed."""

from __future__ import annotations

from collections import deque
from dataclasses import field
from typing import Any

from etl_batch.errors import RowsDoNotAddUp
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.restart_point import RestartPoint, RowGroup, Totals, to_entry
from etl_batch.storage.hash_follower import Mark
from etl_batch.storage.journal import Journal
from etl_batch.storage.part_file import PartFile
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class End:
    """Where a span ends in a part file, whose hash is wanted there."""

    part: PartFile
    size: int  #: bytes

    @classmethod
    def now(cls, part: PartFile | None) -> End | None:
        """The end of what was granted so far."""
        if part is None:
            return None
        part.hash.want(part.size)
        return cls(part, part.size)

    def mark(self) -> Mark | None:
        """The hash there; None: not yet."""
        digest = self.part.hash.at(self.size)
        return None if digest is None else Mark(self.size, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A span that may write, and the state of the outputs once it has."""

    span: Span
    totals: Totals
    csv: End | None
    parquet: End | None
    parquet_rows: int  #: of the part so far
    parquet_offset: int
    parquet_footer: bytes
    rejects: End | None
    samples: End | None
    keys: End | None
    learned: tuple[bytes, ...] = ()  #: of the span

    def restart_point(self) -> RestartPoint | None:
        """The journal's line; None: some of it is not yet in the files."""
        ends = {name: end.mark() for name, end in self._ends() if end is not None}
        if None in ends.values():
            return None
        part = ends.get("parquet")
        group = None
        if part is not None:
            group = RowGroup(part, self.parquet_rows, self.parquet_offset, self.parquet_footer)
        return RestartPoint(
            span=self.span,
            totals=self.totals,
            csv=ends.get("csv"),
            parquet=group,
            rejects=ends.get("rejects"),
            samples=ends.get("samples"),
            keys=ends.get("keys"),
            learned=self.learned,
        )

    def _ends(self) -> tuple[tuple[str, End | None], ...]:
        own = (("csv", self.csv), ("parquet", self.parquet), ("samples", self.samples), ("keys", self.keys))
        return (*own, ("rejects", self.rejects))


@dataclass(slots=True)
class JobJournal:
    """The journal, and the spans that are not yet in it."""

    journal: Journal
    spans: int = 0  #: in the journal
    _waiting: deque[Granted] = field(default_factory=deque)

    def granted(self, granted: Granted) -> None:
        """Remember a span; spans come in order."""
        self._waiting.append(granted)

    def catch_up(self) -> None:
        """Write the lines of those spans whose output, and all before it, is in the files."""
        while self._waiting and (restart_point := self._waiting[0].restart_point()) is not None:
            self.journal.append(to_entry(restart_point))
            self._waiting.popleft()
            self.spans += 1

    def end(self, entry: dict[str, Any]) -> None:
        """Write the last line, durably, behind those of all spans; it says how many they are.

        Raises:
            RowsDoNotAddUp: a span is not in the journal: nobody could tell what it added.
        """
        if self._waiting:
            raise RowsDoNotAddUp(f"{len(self._waiting)} spans are not in the journal {self.journal.place.path}")
        self.journal.append({"spans": self.spans, **entry}, durable=True)

    def close(self) -> None:
        """Close the journal, which stays where it is."""
        self.journal.close()
