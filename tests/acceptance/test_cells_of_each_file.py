"""Files that write the same column each in its own way: each is read as it is written, if all of its rows prove it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.etl_core import run
from etl_batch.options.shape import ColumnsKept
from tests.conftest import Home
from tests.helpers.chance import examples
from tests.helpers.inline_runner import InlineRunner, without_processes

GERMAN = "value;note;product;day\n4,25;Käse;EGGS;31.12.2025\n5,75;=z;MILK;30.11.2025\n1.234,50;x;TEA;1.1.2026\n"
PLAIN = "product,quantity,value\nMILK,1,2.50\nBREAD,2,3.75\nTEA,3,4.75\n"


def rows(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[1:]


def test_a_german_file_a_plain_one_and_a_compressed_one(home: Home) -> None:
    home.put("a.csv", PLAIN.encode())
    home.put("b.csv", GERMAN.encode("cp1252"))
    home.put("c.csv.gz", gzip.compress("quantity;product;note\n7;TEA;Öl\n8;TEA;x\n".encode("cp1252")))
    both = {"output_csv": str(home.output / "o.csv"), "output_parquet": str(home.output / "o.parquet")}
    result = run(home.config(columns=ColumnsKept.UNION, encoding="cp1252", **both))
    assert rows(home.output / "o.csv") == [
        "MILK,1,2.50,,", "BREAD,2,3.75,,", "TEA,3,4.75,,",
        "EGGS,,4.25,Käse,2025-12-31", 'MILK,,5.75,"\'=z",2025-11-30', "TEA,,1234.50,x,2026-01-01",
        "TEA,7,,Öl,", "TEA,8,,x,",
    ]  # fmt: skip
    assert {one.measure: one.exact_total for one in result.estimates} == {"quantity": 21, "value": 1255.5}
    values = pq.read_table(home.output / "o.parquet")["value"].to_pylist()
    assert values[3:6] == [Decimal("4.25"), Decimal("5.75"), Decimal("1234.50")]
    assert any("column 'value' of" in note and "a comma before decimals" in note for note in result.notes)
    told = json.loads((home.output / "o.csv.meta.json").read_text())
    read = [one["reading"] for one in told["inputs"]]
    assert [one["decimal"] for one in read] == [".", ",", "."]
    assert [[column["decimal"] for column in one["columns"] if column["name"] == "value"] for one in read] == [
        ["."], [","], []]  # fmt: skip


@pytest.mark.parametrize("cell", ["x", "2.5.1", "1,2,3"])
def test_one_row_of_one_file_leaves_the_column_of_all_as_it_is(home: Home, cell: str) -> None:
    home.put("a.csv", b"id,v\n" + b"".join(b"%d,2.5\n" % row for row in range(9000)) + f'1,"{cell}"\n'.encode())
    home.put("b.csv", b"id;v\n1;4,25\n2;5,75\n")
    result = run(home.config(measures=()))
    assert rows(home.output / "out.csv")[-3:] == [f'1,"{cell}"' if "," in cell else f"1,{cell}", '1,"4,25"', '2,"5,75"']
    assert sum("column 'v' stays as it is" in note for note in result.notes) == 1


def test_dates_in_two_orders_each_proved_by_its_file(home: Home) -> None:
    home.put("a.csv", b"id,day\n1,31/12/2025\n2,01/02/2025\n")
    home.put("b.csv", b"id,day\n3,12/31/2025\n4,01/02/2025\n")
    home.put("c.csv", b"id,day\n5,2025-03-04\n6,\n")
    run(home.config(measures=()))
    assert rows(home.output / "out.csv") == [
        "1,2025-12-31", "2,2025-02-01", "3,2025-12-31", "4,2025-01-02", "5,2025-03-04", "6,"]  # fmt: skip
    told = json.loads((home.output / "out.csv.meta.json").read_text())
    read = [one["reading"]["columns"] for one in told["inputs"]]
    assert [[column["date_format"] for column in columns] for columns in read] == [
        ["%d/%m/%Y"], ["%m/%d/%Y"], ["%Y-%m-%d"]]  # fmt: skip
    home.put("d.csv", b"id,day\n7,01/02/2025\n")
    result = run(home.config(measures=()))
    assert rows(home.output / "out.csv")[-3:] == ["5,2025-03-04", "6,", "7,01/02/2025"]
    assert any("column 'day' stays as it is: " in note and "both fit" in note for note in result.notes)


@pytest.mark.parametrize("other", ["31.12.2025", "31.12.2025 10:00", "word"])
def test_numbers_here_and_dates_there_are_text(home: Home, other: str) -> None:
    """And days beside times."""
    home.put("a.csv", f"id;v\n1;{'1,5' if other == '31.12.2025' else '30.11.2025'}\n".encode())
    home.put("b.csv", f"id;v\n1;{other}\n".encode())
    run(home.config(measures=(), delimiter=";"))
    first = '"1,5"' if other == "31.12.2025" else "30.11.2025"
    assert rows(home.output / "out.csv") == [f"1,{first}", f"1,{other}"]


_NUMBERS = st.lists(st.decimals(-99999, 99999, places=2).map(str), min_size=3, max_size=8)
_DAYS = st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2060, 1, 1)), min_size=3, max_size=8)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(st.sampled_from([(".", ""), (",", "."), (",", "")]), _NUMBERS), min_size=2, max_size=4))
def test_numbers_are_those_of_the_twin_or_stay_as_they_are(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    files: list[tuple[tuple[str, str], list[str]]],
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    as_they_stand, meant = [], []
    for number, ((decimal, thousands), values) in enumerate(files):
        cells = [_written(value, decimal, thousands) for value in values]
        lines = "".join(f"{row};{cell}\n" for row, cell in enumerate(cells))
        home.put(f"{number}.csv", f"id;v\n{lines}".encode())
        as_they_stand += cells
        meant += values
    with monkeypatch.context() as patch:
        without_processes(patch)
        result = run(home.config(measures=(), delimiter=";"), runner=InlineRunner())
    found = [line.partition(",")[2].strip('"') for line in rows(home.output / "out.csv")]
    assert found in (meant, as_they_stand)
    if found != meant:
        assert any("column 'v' stays as it is" in note for note in result.notes)


def _written(value: str, decimal: str, thousands: str) -> str:
    text = f"{Decimal(value):,}" if thousands else value
    return "".join({",": thousands, ".": decimal}.get(sign, sign) for sign in text)
