"""The keys of a few rows, in words: read again from the spans that they are in."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.formats.format import Source
from etl_batch.formats.opening import Mapper
from etl_batch.formats.output_columns import OutputColumns
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span

_MOST_SHOWN = 40  #: characters of a value


@dataclass(frozen=True, slots=True)
class Wanted:
    """The key of one row."""

    source: Source
    span: Span
    shape: OutputColumns  #: the last column is the number of each row within its input, from 1
    columns: tuple[str, ...]
    row: int

    @property
    def files(self) -> Sequence[NeededFile]:
        """What it takes."""
        return self.source.files


def key_values(wanted: Sequence[Wanted], run: Mapper) -> list[str]:
    """The values of each."""
    return list(run(key_value, wanted)) if wanted else []


def key_value(wanted: Wanted) -> str:
    """The values of a row's key, with commas between them."""
    import pyarrow.compute as pc

    from etl_batch.contracts.row_rules import text_of

    with wanted.source.read(wanted.span) as batch:
        table = batch.shaped(wanted.shape).table()
        row = table.filter(pc.equal(table.column(table.num_columns - 1), wanted.row))
        names = table.column_names
        values = [row.column(names.index(name))[0].as_py() for name in wanted.columns]
    return ", ".join(text_of(value, _MOST_SHOWN) for value in values)
