"""What the columns of a CSV are whose run tells no types: what all their cells prove, by the rule of SQL questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from etl_batch.queries.arrow_rows import ArrowRows, opened_rows
from etl_batch.queries.table_spec import TableSpec
from etl_batch.queries.table_sql import MUST_BE_REAL, every_look, pattern_of, type_of_looks

_WORDS = {
    "BOOLEAN": "bool", "BIGINT": "i64", "HUGEINT": "decimal(38,0)", "DOUBLE": "f64", "DATE": "date",
    "TIMESTAMPTZ": "timestamp[us]", "TIMESTAMP": "local_timestamp[us]", "VARCHAR": "str",
}  # fmt: skip
_REAL = {"DATE": pa.date32(), "TIMESTAMPTZ": pa.timestamp("us", "UTC"), "TIMESTAMP": pa.timestamp("us")}


def types_by_cells(spec: TableSpec) -> tuple[str, ...]:
    """The types of all columns in the words of `--types`; those that are told stay."""
    if spec.csv is None:
        return ()
    told = spec.csv.types or (None,) * len(opened_rows(spec).schema)
    texts = opened_rows(replace(spec, csv=replace(spec.csv, types=tuple(word or "str" for word in told))))
    untold = [place for place, word in enumerate(told) if word is None]
    found = dict(zip(untold, _proved(texts, untold, spec.csv.decimal), strict=True))
    return tuple(word or found[place] for place, word in enumerate(told))


def _proved(rows: ArrowRows, places: Sequence[int], decimal: str) -> list[str]:
    looks = {place: list(every_look()) for place in places}
    behind: dict[int, tuple[int | None, int | None]] = dict.fromkeys(places, (None, None))
    filled: set[int] = set()
    names = rows.schema.names
    for _, batch in rows.batches([names[place] for place in places]):
        for place, column in zip(places, batch.columns, strict=True):
            cells = column.drop_null()
            if not len(cells) or not looks[place]:
                continue
            filled.add(place)
            looks[place] = [look for look in looks[place] if _has_look(cells, look, decimal)]
            if "DECIMAL" in looks[place]:
                behind[place] = _digits_behind(cells, decimal, behind[place])
        if not any(looks.values()):
            break
    return [_word(type_of_looks(looks[place] if place in filled else (), behind[place])) for place in places]


def _has_look(cells: pa.Array, look: str, decimal: str) -> bool:
    if not pc.all(pc.match_substring_regex(cells, f"^(?:{pattern_of(look, decimal)})$")).as_py():
        return False
    if look not in MUST_BE_REAL:
        return True
    try:
        pc.cast(cells, _REAL[look])
    except pa.ArrowException:
        return False
    return True


def _digits_behind(
    cells: pa.Array, decimal: str, before: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    ends = pc.replace_substring_regex(cells, rf"^.*[{decimal}]", "")
    found = pc.min_max(pc.binary_length(ends))
    least, most = found["min"].as_py(), found["max"].as_py()
    return (
        least if before[0] is None else min(least, before[0]),
        most if before[1] is None else max(most, before[1]),
    )


def _word(kind: str) -> str:
    return _WORDS.get(kind) or kind.lower()
