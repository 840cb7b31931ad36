"""The full profile of a file, and what DuckDB says of its rows: exact figures are equal, others within their bounds."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from etl_batch.__main__ import main
from etl_batch.commands.demo_data import write_demo_data
from etl_batch.etl_core import run
from tests.conftest import Home
from tests.helpers.chance import chance

_PURCHASES, _ROWS = 40_000, 20_000
_DAY_SECONDS = 86_400
_MOST_OFF = 0.02  #: of how many values are distinct, where that is estimated
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - as it is compared


def purchases(home: Home) -> Path:
    """As the demo data have them."""
    return write_demo_data(home.path, _PURCHASES).path


def purchases_as(home: Home, form: str) -> Path:
    outputs = {f"output_{form}": str(home.output / f"made.{form}")}
    run(home.config(purchases(home), measures=(), **outputs))
    return (home.output / f"made.{form}").rename(home.data / f"made.{form}")


def numbers(home: Home) -> Path:
    """Skewed, negative, missing, of all sizes; few and many distinct ones."""
    random = chance("numbers")
    columns = {
        "skewed": [random.lognormvariate(3, 2) for _ in range(_ROWS)],
        "signed": [random.gauss(0, 1e6) for _ in range(_ROWS)],
        "money": [None if random.random() < 0.3 else round(random.uniform(-5, 900), 2) for _ in range(_ROWS)],
        "few": [random.choice([None, -1.5, 0.0, 2.25]) for _ in range(_ROWS)],
        "odd": [random.choice([math.nan, math.inf, 1.5, 2.5]) for _ in range(_ROWS)],
        "large": [random.randrange(-(2**63), 2**63) for _ in range(_ROWS)],
        "small": [random.randrange(-300, 300) for _ in range(_ROWS)],
    }
    return written(home, pa.table(columns))


def kinds(home: Home) -> Path:
    """What is neither a number of the machine nor a text."""
    random = chance("kinds")
    moment: dt.datetime = _EPOCH + dt.timedelta(days=17_000)
    columns = {
        "day": pa.array([moment.date() + dt.timedelta(days=random.randrange(-900, 900)) for _ in range(_ROWS)]),
        "at": pa.array([moment + dt.timedelta(seconds=random.uniform(-1e9, 1e8)) for _ in range(_ROWS)]),
        "amount": pa.array([Decimal(random.randrange(-(10**11), 10**11)).scaleb(-2) for _ in range(_ROWS)]),
        "rate": pa.array([Decimal(random.randrange(40)).scaleb(-3) for _ in range(_ROWS)]),
        "yes": pa.array([random.choice([True, False, None]) for _ in range(_ROWS)]),
        "count": pa.array([random.randrange(200) for _ in range(_ROWS)], pa.uint8()),
    }
    return written(home, pa.table(columns))


def words(home: Home) -> Path:
    """Texts that are empty, missing, long, and not in ASCII; mostly alike, or all of them different."""
    random = chance("words")
    columns = {
        "state": [random.choice(["new", "paid", "sent", "", None]) for _ in range(_ROWS)],
        "name": [_name(random) for _ in range(_ROWS)],
        "code": [f"prefix-of-all/{random.randrange(10**9):012d}" for _ in range(_ROWS)],
        "zip": [f"{random.randrange(10**5):05d}" for _ in range(_ROWS)],
    }
    return written(home, pa.table({name: pa.array(its, pa.string()) for name, its in columns.items()}))


def _name(random: Random) -> str:
    return "".join(random.choice("abcdeßé😀 ") for _ in range(random.randrange(1, 30))).strip() or "x"


def written(home: Home, table: pa.Table) -> Path:
    made = home.data / "made.parquet"
    pq.write_table(table, made)
    return made


FILES = {
    "records of purchases": purchases,
    "purchases as CSV": lambda home: purchases_as(home, "csv"),
    "purchases as Parquet": lambda home: purchases_as(home, "parquet"),
    "numbers": numbers,
    "kinds": kinds,
    "words": words,
}


class Rows:
    """The rows of a file in DuckDB."""

    def __init__(self, table: pa.Table) -> None:
        self._connection = duckdb.connect()
        self._connection.register("data", table)

    def one(self, what: str, more: str = "") -> Any:  # noqa: ANN401 - any value
        found = self._connection.execute(f"SELECT {what} FROM data {more}").fetchone()  # noqa: S608 - our own names
        assert found is not None
        return found[0]

    def counts(self, column: str) -> list[int]:
        """Of the most frequent values."""
        text = f"SELECT count(*) FROM data WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY 1 DESC LIMIT 10"  # noqa: S608
        return [count for (count,) in self._connection.execute(text).fetchall()]


def rows_of(home: Home, made: Path, texts: list[str]) -> Rows:
    """Records are read from the Parquet file that a job makes of them; texts of a CSV stay what they are."""
    if made.suffix == ".csv":
        options = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(texts, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        return Rows(pyarrow.csv.read_csv(made, convert_options=options))
    if made.suffix == ".bin":
        run(home.config(made, measures=(), output_csv=None, output_parquet=str(home.output / "rows.parquet")))
        made = home.output / "rows.parquet"
    return Rows(pq.read_table(made))


@pytest.mark.parametrize("name", sorted(FILES))
def test_they_agree(home: Home, capsys: pytest.CaptureFixture[str], name: str) -> None:
    made = FILES[name](home)
    capsys.readouterr()
    assert main(["profile", str(made), "--json", "--home", str(home.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = rows_of(home, made, [column["name"] for column in found["columns"] if column["type"] == "str"])
    assert found["rows"] == rows.one("count(*)")
    for column in found["columns"]:
        quoted = f'"{column["name"]}"'
        assert column["nulls"] == rows.one("count(*)", f"WHERE {quoted} IS NULL")
        _distinct_agree(column, quoted, rows)
        if column["type"] == "str":
            _texts_agree(column, quoted, rows)
        elif column["type"] != "bool":
            _numbers_agree(column, quoted, rows)


def _distinct_agree(column: dict[str, Any], quoted: str, rows: Rows) -> None:
    distinct = rows.one(f"count(DISTINCT {quoted})")
    if column["distinct_method"] == "exact":
        assert column["distinct"] == distinct <= 1024
        assert [value["count"] for value in column["top"]["values"]] == rows.counts(quoted)
        for value in column["top"]["values"] if column["type"] == "str" else ():
            literal = value["value"].replace("'", "''")
            assert value["count"] == rows.one("count(*)", f"WHERE {quoted} = '{literal}'")
    else:
        assert distinct > 1024
        assert column["distinct"] == pytest.approx(distinct, rel=_MOST_OFF)
        assert column["top"] == {"method": "not known", "values": []}


def _texts_agree(column: dict[str, Any], quoted: str, rows: Rows) -> None:
    for key, what in (("min", f"min({quoted})"), ("max", f"max({quoted})")):
        assert column[key] == rows.one(what)
    assert column["min_length"] == rows.one(f"min(length({quoted}))")
    assert column["max_length"] == rows.one(f"max(length({quoted}))")
    assert column["quantiles"] is None


def _numbers_agree(column: dict[str, Any], quoted: str, rows: Rows) -> None:
    kind = column["type"]
    finite = f"WHERE isfinite({quoted})" if kind in {"f32", "f64"} else f"WHERE {quoted} IS NOT NULL"
    asked = f"epoch_us({quoted})" if kind.startswith(("timestamp", "local_timestamp")) else quoted
    for key in ("min", "max"):
        assert _plain(column[key], kind) == _plain(rows.one(f"{key}({asked})", finite), kind)
    _sums_agree(column, quoted, rows)
    there = rows.one("count(*)", finite)
    quantiles = column["quantiles"]
    for share, value in quantiles["values"].items():
        rank = max(math.ceil(float(share) * there), 1)
        ordered = f"{finite} ORDER BY {asked} LIMIT 1 OFFSET {rank - 1}"
        expected = _plain(rows.one(asked, ordered), kind)
        off = abs(_plain(value, kind) - expected)
        unit = _DAY_SECONDS if quantiles["of"] == "day" else abs(expected)
        assert off <= Fraction(quantiles["error"]) * unit, (column["name"], share)
    assert sum(column["histogram"]["counts"]) == there


def _sums_agree(column: dict[str, Any], quoted: str, rows: Rows) -> None:
    kind = column["type"]
    if kind in {"f32", "f64"}:
        if column["sum"] is not None:
            assert column["sum"] == pytest.approx(rows.one(f"fsum({quoted})"), rel=1e-13)
        else:
            assert rows.one("count(*)", f"WHERE NOT isfinite({quoted})")
    elif kind.startswith("decimal"):
        assert Decimal(column["sum"]) == rows.one(f"sum({quoted})")
    elif kind[:1] in {"i", "u"}:
        assert int(column["sum"]) == rows.one(f"sum({quoted}::HUGEINT)")


def _plain(value: Any, kind: str) -> Fraction:  # noqa: ANN401
    """A value of the profile or of DuckDB, to compute with."""
    if kind == "date":
        day = dt.date.fromisoformat(value) if isinstance(value, str) else value
        return Fraction((day - _EPOCH.date()).days * _DAY_SECONDS)
    if kind.startswith(("timestamp", "local_timestamp")):
        if isinstance(value, str):
            value = (dt.datetime.fromisoformat(value.rstrip("Z")) - _EPOCH) // dt.timedelta(microseconds=1)
        return Fraction(value, 10**6)
    return Fraction(value)
