"""Files of several types of records as the sources of several tables: looked over once, before the pass."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, ConfigError
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.kind_input import KindInput
from etl_batch.formats.binary.kinds_walk import Look, Seen, found_spans, look
from etl_batch.formats.binary.reconciling import refuse_mismatch
from etl_batch.formats.binary.record_kinds import NOWHERE, OF_NO_TYPE, UNKNOWN
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file, its spans, and what each of them holds."""

    source: BinaryInput
    spans: Sequence[Span]
    seen: Sequence[Seen]

    def of(self, kind: int, ordinal: int) -> KindInput:
        """Its records of one type as a source."""
        return KindInput(ordinal, self.source, kind, found_spans(self.spans, self.seen, kind))

    @property
    def first_unknown(self) -> int:
        """The number of the first record of no type; NOWHERE: there is none."""
        return next((one.first_unknown for one in self.seen if one.unknown), NOWHERE)


def tables_of(sources: Sequence[Source], opening: Opening) -> Sequence[KindInput]:
    """See `IntoTables.tables`.

    Raises:
        ConfigError: the inputs have not all the same types of records.
        TrailerMismatch: the last record of one says another number of records, or another sum, than there are.
        BadRow: a record is of none, and is not to be set aside.
    """
    types = next((one.layout.records for one in sources if isinstance(one, BinaryInput) and one.layout.records), ())
    if not types:
        return ()
    files = [one for one in sources if isinstance(one, BinaryInput) and one.layout.records == types]
    if len(files) < len(sources):
        other = next(one for one in sources if one not in files)
        raise ConfigError(
            f"{other.place.path} has not the types of records that other inputs have",
            mend="convert it in a job of its own",
        )
    looked = [_looked(file, opening) for file in files]
    for one in looked:
        refuse_mismatch(one.source, one.seen)
        if opening.config.on_bad_row == OnBadRow.STRICT and one.first_unknown != NOWHERE:
            raise _unknown(one)
    kinds = [number for number, one in enumerate(types) if one.end is None]
    return [
        one.of(kind, place * len(looked) + number)
        for place, kind in enumerate((*kinds, UNKNOWN))
        for number, one in enumerate(looked)
    ]


def _looked(source: BinaryInput, opening: Opening) -> _Looked:
    spans = source.plan(opening.config.chunk_bytes, 0, 0)
    return _Looked(source, spans, list(opening.run(look, [Look(source, span) for span in spans])))


def _unknown(looked: _Looked) -> BadRow:
    layout, number = looked.source.layout, looked.first_unknown
    at = layout.header_bytes + number * layout.record_size
    return BadRow(f"{looked.source.place.path}, row {number + 1} (at byte {at}): {OF_NO_TYPE}")
