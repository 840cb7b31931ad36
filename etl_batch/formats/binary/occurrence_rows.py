"""The rows of records that were laid out, one for each occurrence of a table; and where they lie."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.binary.arranged import Arranged, LaidOut, Lying
from etl_batch.formats.binary.cutting import Cutting
from etl_batch.formats.binary.records import Records
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Occurrences:
    """See `Lying`: rows of records."""

    records: Lying
    cutting: Cutting

    def byte(self, number: int) -> int:
        """See `Lying.byte`: where its record begins."""
        return self.records.byte(number // self.cutting.table.times)

    def raw(self, number: int) -> bytes:
        """See `Lying.raw`: the bytes of its record but for other occurrences; a line of text is whole."""
        record, occurrence = divmod(number, self.cutting.table.times)
        raw, field, step = self.records.raw(record), self.cutting.field, self.cutting.table.step
        if self.cutting.layout.lines is not None:
            return raw
        start = field.offset + occurrence * step
        return raw[: field.offset] + raw[start : start + step] + raw[field.offset + field.length :]

    def reason(self, number: int, reason: str) -> str:
        """See `Lying.reason`."""
        record, occurrence = divmod(number, self.cutting.table.times)
        return f"occurrence {occurrence + 1} of {self.cutting.field.name}: {self.records.reason(record, reason)}"


def cut(found: LaidOut, cutting: Cutting) -> LaidOut:
    """The rows of records that were laid out."""
    times, laid = cutting.table.times, found.arranged
    kept = None if laid.kept is None else (laid.kept[:, None] * times + np.arange(times)).reshape(-1)
    reasons = {
        number * times + occurrence: reason for number, reason in laid.reasons.items() for occurrence in range(times)
    }
    rows = Arranged(Records(cutting.rows(laid.records.bytes)), kept, reasons)
    return LaidOut(rows, Occurrences(found.lying, cutting))
