"""What an output says: `peer_facts.py FILE COLUMNS`, run among the peers, prints JSON. DuckDB reads it, not ours.

Rows, and for each column how many values there are, their sum and the sum of their hashes; and a hash over whole rows.
Equal facts are equal rows, in whatever order and notation: moments may be written as seconds or in words, and of
texts it does not matter whether an apostrophe stands before them.
"""

from __future__ import annotations

import json
import sys

import duckdb

_AS_TEXT = 'CAST("{name}" AS VARCHAR)'
_VALUES = {
    "integer": f"CAST({_AS_TEXT} AS BIGINT)",
    "float": f"CAST({_AS_TEXT} AS DOUBLE)",
    "moment": f"coalesce(TRY_CAST({_AS_TEXT} AS BIGINT), CAST(epoch(TRY_CAST({_AS_TEXT} AS TIMESTAMPTZ)) AS BIGINT))",
    "text": f"ltrim(coalesce({_AS_TEXT}, ''), '''')",
}
_SUMS = {"integer": "sum({value})", "float": "sum(CAST(round({value} * 10000) AS HUGEINT))", "moment": "sum({value})"}


def facts(path: str, columns: dict[str, str]) -> dict[str, str]:
    """Of a CSV or a Parquet file.

    Args:
        path: the file.
        columns: of each column whether it is of integers, floats, moments or texts.
    """
    rows = (
        f"read_parquet('{path}')" if path.endswith(".parquet") else f"read_csv('{path}', header=true, all_varchar=true)"
    )
    values = {name: _VALUES[kind].format(name=name) for name, kind in columns.items()}
    whole_rows = ", ".join(f'"{name}"' for name in columns)
    asked = {"rows": "count(*)", "rows, hashed": f"sum(hash({whole_rows}))"}
    for name, kind in columns.items():
        asked[f"values of {name}"] = f'count("{name}")'
        asked[f"values of {name}, hashed"] = f'sum(hash("{name}"))'
        if kind in _SUMS:
            asked[f"sum of {name}"] = _SUMS[kind].format(value=f'"{name}"')
    inner = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
    found = duckdb.sql(  # our own files and names
        f"SELECT {', '.join(asked.values())} FROM (SELECT {inner} FROM {rows})"  # noqa: S608
    ).fetchall()[0]
    return {name: str(value) for name, value in zip(asked, found, strict=True)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts(sys.argv[1], json.loads(sys.argv[2]))))
