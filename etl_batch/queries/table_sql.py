"""The SQL that makes the table `data` of files: how DuckDB reads them, and what their cells become. Pure.

A CSV is read as texts first. Where its run tells no type of a column, all its cells do, as a job has it: numbers are
numbers only where every one is written as ours are (`007` is text).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from etl_batch.queries.table_spec import CsvCells, TableSpec, distinct_names, sql_type
from etl_batch.values import MIB

UNESCAPED = "unescaped_cell"  #: the function that takes an apostrophe back
_CELLS = "data_cells"
_LONGEST_LINE = 8 * MIB
#: what every cell of a column may look like, the narrowest first
_LOOKS = {
    "BOOLEAN": r"true|false",
    "BIGINT": r"0|-?[1-9][0-9]{0,17}",
    "HUGEINT": r"0|-?[1-9][0-9]{0,36}",
    "DOUBLE": r"-?(0|[1-9][0-9]*)\.([0-9]*[1-9]|0)|-?[1-9](\.[0-9]+)?e[+-]?[0-9]+|NaN|-?inf",
    "DECIMAL": r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}",
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "TIMESTAMPTZ": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z",
    "TIMESTAMP": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?",
}
MUST_BE_REAL = ("DATE", "TIMESTAMPTZ", "TIMESTAMP")  #: digits in the right places may be no day
_TEXT = "VARCHAR"


def text_literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def parquet_view(spec: TableSpec) -> str:
    """The statement that makes `data` of Parquet files."""
    return f"CREATE VIEW data AS SELECT * FROM read_parquet({_listed(spec.paths)})"  # noqa: S608 - our own paths


def cells_view(spec: TableSpec, csv: CsvCells, columns: int) -> str:
    """The statement that makes a view of a CSV with nothing but texts in it, its columns called `c0`, `c1` ...

    Not read side by side: what is quoted may hold line ends.
    """
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(columns))
    said = {
        "auto_detect": "false", "header": "true", "delim": text_literal(csv.delimiter), "quote": "'\"'",
        "escape": "'\"'", "columns": f"{{{names}}}", "nullstr": "''", "allow_quoted_nulls": "false",
        "strict_mode": "true", "parallel": "false", "max_line_size": str(_LONGEST_LINE),
        "buffer_size": str(2 * _LONGEST_LINE), "encoding": text_literal(csv.encoding),
        "compression": text_literal(csv.packing or "none"),
    }  # fmt: skip
    options = ", ".join(f"{name} = {value}" for name, value in said.items())
    return f"CREATE VIEW {_CELLS} AS SELECT * FROM read_csv({_listed(spec.paths)}, {options})"  # noqa: S608


def data_view(csv: CsvCells, names: Sequence[str], types: Sequence[str]) -> str:
    """The statement that makes `data` of these texts.

    Args:
        csv: how they are written.
        names: of the columns.
        types: of the columns, as DuckDB calls them.
    """
    columns = [
        f"{_cast(f'c{place}', kind, csv)} AS {quoted_name(name)}"
        for place, (name, kind) in enumerate(zip(distinct_names(names), types, strict=True))
    ]
    return f"CREATE VIEW data AS SELECT {', '.join(columns)} FROM {_CELLS}"  # noqa: S608


def looks_query(wanted: Mapping[int, Iterable[str]], csv: CsvCells, rows: int | None = None) -> str:
    """The question which of some looks all cells of some columns have; see `type_of_looks`.

    Args:
        wanted: by the place of a column, the looks that are asked for; at least one in all.
        csv: how the cells are written.
        rows: of the first so many rows; None: of all.

    Returns:
        SQL whose one row has a truth for each column and look, in order, null where every cell is empty; then for each
        column the least and the most digits behind the point.
    """
    found = [_has_look(place, look, csv) for place, looks in wanted.items() for look in looks]
    for place in wanted:
        behind = f"length(split_part(c{place}, {text_literal(csv.decimal)}, 2))"
        found += [f"min({behind})", f"max({behind})"]
    source = _CELLS if rows is None else f"(SELECT * FROM {_CELLS} LIMIT {rows})"  # noqa: S608
    return f"SELECT {', '.join(found)} FROM {source}"  # noqa: S608


def type_of_looks(looks: Iterable[str], scales: tuple[int | None, int | None]) -> str:
    """What a column is whose cells all have these looks."""
    have = set(looks)
    for kind in ("BOOLEAN", "BIGINT", "HUGEINT", "DOUBLE", "DATE", "TIMESTAMPTZ", "TIMESTAMP"):
        if kind in have:
            return kind
    least, most = scales
    return f"DECIMAL({18 + most},{most})" if "DECIMAL" in have and most is not None and least == most else _TEXT


def every_look() -> tuple[str, ...]:
    """All of them."""
    return tuple(_LOOKS)


def pattern_of(look: str, decimal: str) -> str:
    """The pattern of cells with this look, where numbers have this decimal mark."""
    pattern = _LOOKS[look]
    return pattern.replace(r"\.", ",") if decimal == "," and look in {"DOUBLE", "DECIMAL"} else pattern


def type_told(word: str | None) -> str | None:
    """What DuckDB calls a type that the run tells; None: it tells none."""
    return None if word is None else sql_type(word)


def _has_look(place: int, look: str, csv: CsvCells) -> str:
    pattern = pattern_of(look, csv.decimal)
    fits = f"regexp_full_match(c{place}, {text_literal(pattern)})"
    if look in MUST_BE_REAL:
        fits = f"if(c{place} IS NULL, NULL, {fits} AND TRY_CAST(c{place} AS {look}) IS NOT NULL)"
    return f"bool_and({fits})"


def _cast(cell: str, kind: str, csv: CsvCells) -> str:
    if kind == _TEXT:
        return f"CASE WHEN contains({cell}, '''') THEN {UNESCAPED}({cell}) ELSE {cell} END" if csv.escaped else cell
    if kind == "BLOB":
        return f"unhex({cell})"
    if kind == "TIMESTAMP_NS":
        return f"CAST(rtrim({cell}, 'Z') AS TIMESTAMP_NS)"
    if csv.decimal != "." and kind.partition("(")[0] in {"DOUBLE", "FLOAT", "DECIMAL"}:
        cell = f"replace({cell}, {text_literal(csv.decimal)}, '.')"
    return f"CAST({cell} AS {kind})"


def _listed(paths: Iterable[str]) -> str:
    return f"[{', '.join(map(text_literal, paths))}]"
