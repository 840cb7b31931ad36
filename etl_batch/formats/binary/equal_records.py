"""Records of one length, for who asks of records of several types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.arranged import Arranged, SideBySide
from etl_batch.formats.binary.kind_records import Named, Places
from etl_batch.formats.binary.record_reader import map_records
from etl_batch.formats.binary.records import Records
from etl_batch.formats.format import Source
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field, Layout


@dataclass(frozen=True, slots=True)
class EqualSpan:
    """See `KindSpan`: records of one length."""

    source: Source
    layout: Layout  #: see `KindSpan.layout`
    span: Span

    @property
    def files(self) -> Sequence[NeededFile]:
        """See `KindSpan.files`."""
        return self.source.files

    @contextmanager
    def read(self) -> Iterator[EqualRecords]:
        """See `KindSpan.read`."""
        with map_records(self.source, self.layout, self.span) as records:
            yield EqualRecords(records, self.span.start)


@dataclass(frozen=True, slots=True)
class EqualRecords:
    """See `KindRecords`: of one length, as they lie side by side."""

    records: Records
    start: int  #: where the first begins; bytes

    @property
    def count(self) -> int:
        """See `KindRecords.count`."""
        return self.records.rows

    @property
    def lengths(self) -> None:
        """See `KindRecords.lengths`."""

    @property
    def is_padded(self) -> bool:
        """See `KindRecords.is_padded`."""
        return False

    @property
    def problems(self) -> Mapping[int, str]:
        """See `KindRecords.problems`."""
        return {}

    def compared(self, named: Mapping[str, Named]) -> tuple[Records, Mapping[str, Field]]:
        """See `KindRecords.compared`."""
        return self.records, {name: one.field for name, one in named.items()}

    def arranged(self, places: Places, layout: Layout) -> Arranged:  # noqa: ARG002 - they are laid out as they are
        """See `KindRecords.arranged`."""
        return Arranged(Records(np.take(self.records.bytes, places, axis=0, mode="clip")), None, {})

    @property
    def lying(self) -> SideBySide:
        """See `KindRecords.lying`."""
        return SideBySide(self.start, self.records)
