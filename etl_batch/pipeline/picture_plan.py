"""Which columns of a table have pictures beyond whose digits numbers are kept, and are counted."""

from __future__ import annotations

from etl_batch.accumulators.accumulator import Accumulator
from etl_batch.accumulators.beyond_pictures import BeyondPictures
from etl_batch.formats.format import Source
from etl_batch.formats.registry import format_named
from etl_batch.pipeline.job import TablePlan


def counted_pictures(table: TablePlan) -> tuple[Accumulator, ...]:
    """What counts them: those of columns that are written, and that are alike in all inputs; none: there are none."""
    first, *others = (_most(source) for source in table.sources)
    alike = {name: most for name, most in first.items() if all(one.get(name) == most for one in others)}
    if table.shapes:
        names, places = tuple(table.sources[0].names), set(table.shapes[0].places)
        alike = {name: most for name, most in alike.items() if names.index(name) in places}
    return (BeyondPictures(tuple(alike), tuple(alike.values())),) if alike else ()


def _most(source: Source) -> dict[str, int]:
    kind = format_named(source.format)
    if kind is None or not kind.by_layout:  # nothing else has pictures; to ask a CSV for its types is no small thing
        return {}
    return {name: kind.most for name, kind in zip(source.names, source.kinds(), strict=True) if kind.most is not None}
