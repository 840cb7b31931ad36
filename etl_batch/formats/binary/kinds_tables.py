"""Files of several types of records as the sources of several tables: looked over once, before the pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, ConfigError
from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.kind_input import KindInput
from etl_batch.formats.binary.kind_records import KindFile
from etl_batch.formats.binary.kinds_walk import NoType, Seen, found_spans, look, looks_at
from etl_batch.formats.binary.reconciling import refuse_mismatch
from etl_batch.formats.binary.record_kinds import UNKNOWN
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening
from etl_batch.layouts.layout import Layout
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file, its spans, and what each of them holds."""

    source: KindFile
    spans: Sequence[Span]
    seen: Sequence[Seen]

    def of(self, kind: int, ordinal: int) -> KindInput:
        """Its records of one type as a source."""
        types = self.source.layout.records
        ends = tuple(
            next((its.held[number] for its in self.seen if its.rows[number]), None) if one.end is not None else None
            for number, one in enumerate(types)
        )
        return KindInput(ordinal, self.source, kind, found_spans(self.spans, self.seen, kind), ends)

    @property
    def first_unknown(self) -> NoType | None:
        """The first record of no type; None: there is none."""
        return next((one.first_unknown for one in self.seen if one.unknown), None)


def tables_of(files: Sequence[KindFile], sources: Sequence[Source], opening: Opening) -> Sequence[KindInput]:
    """See `IntoTables.tables`.

    Args:
        files: those of the inputs that may hold records of several types.
        sources: all inputs.
        opening: as they were opened.

    Raises:
        ConfigError: the inputs have not all the same types of records.
        TrailerMismatch: the last record of one says another number of records, or another sum, than there are.
        BadRow: a record is of none, and is not to be set aside.
    """
    one_of_them = next((one for one in files if one.layout.records), None)
    if one_of_them is None:
        return ()
    same = [one for one in files if one is one_of_them or _are_same(one.layout, one_of_them.layout)]
    if len(same) < len(sources):
        known = {one.ordinal for one in same}
        other = next(one for one in sources if one.ordinal not in known)
        raise ConfigError(
            f"{other.place.path} has not the types of records that other inputs have",
            mend="convert it in a job of its own",
        )
    looked = [_looked(file, opening) for file in same]
    for one in looked:
        refuse_mismatch(one.source, one.seen)
        if opening.config.on_bad_row == OnBadRow.STRICT and (unknown := one.first_unknown) is not None:
            raise BadRow(
                f"{one.source.place.path}, row {unknown.number + 1} (at byte {unknown.byte}): {unknown.problem}"
            )
    kinds = [number for number, one in enumerate(one_of_them.layout.records) if one.end is None]
    return [
        one.of(kind, place * len(looked) + number)
        for place, kind in enumerate((*kinds, UNKNOWN))
        for number, one in enumerate(looked)
    ]


def _are_same(one: Layout, other: Layout) -> bool:
    """Whether files become the same tables; where a field lies in its record is each file's own."""

    def told(layout: Layout) -> object:
        return [replace(kind, layout=one, carried=()) for kind in layout.records]

    def columns(layout: Layout) -> object:
        return [[(field.name, arrow_type(field)) for field in kind.layout.fields] for kind in layout.records]

    return told(one) == told(other) and columns(one) == columns(other)


def _looked(source: KindFile, opening: Opening) -> _Looked:
    spans = source.plan(opening.config.chunk_bytes, 0, 0)
    seen = opening.run(look, list(looks_at(source, spans)))
    return _Looked(source, spans, list(chain.from_iterable(seen)))
