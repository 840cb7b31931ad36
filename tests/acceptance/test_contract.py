"""Jobs under a contract: rules counted as plain Python counts them, rows set aside, outputs kept back."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import BadRow, Cancelled, ConfigError, ContractBroken, ContractFile, NoGoodRow, TooManyBadRows
from etl_batch.etl_core import run
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.inline_runner import CrashAfter, InlineRunner
from tests.helpers.twins_contract import breaks

_ROWS = [
    (number, f"M{number % 5}" if number % 11 else None, number % 40 - 3, Decimal(number) / 4) for number in range(3000)
]
_CSV = b"id,product,quantity,value\n" + b"".join(
    f"{number},{product or ''},{quantity},{value}\n".encode() for number, product, quantity, value in _ROWS
)
_TYPES = {"id": "integer", "product": "string", "quantity": "integer", "value": "number"}
#: forty rules, each of which some row breaks
_FORTY: dict[str, list[tuple[str, Any]]] = {
    "id": [("minimum", 5), ("maximum", 2990), ("exclusiveMinimum", 0), ("exclusiveMaximum", 2999),
           ("enum", [1, 2, 2999]),
           ("minimum", 2.5), ("maximum", 7.5), ("enum", [7]), ("exclusiveMinimum", 2998), ("exclusiveMaximum", 1)],
    "product": [("required", True), ("minLength", 3), ("maxLength", 1), ("pattern", "M[0-3]"), ("enum", ["M0", "M4"]),
                ("pattern", "M"), ("pattern", "(M0|M1)"), ("enum", ["m0"]), ("pattern", "[^4]*"), ("minLength", 9)],
    "quantity": [("minimum", 1), ("maximum", 35), ("exclusiveMinimum", -3), ("exclusiveMaximum", 36),
                 ("enum", [0, 1, 2]),
                 ("minimum", "0.5"), ("maximum", 30.25), ("enum", [-3]), ("minimum", 100), ("maximum", -100)],
    "value": [("minimum", 0.5), ("maximum", 700), ("exclusiveMinimum", 0), ("exclusiveMaximum", "749.75"),
              ("enum", [0.25, 1]), ("minimum", 749.75), ("maximum", 0.25), ("enum", [749.75]), ("exclusiveMinimum", 5),
              ("exclusiveMaximum", 0)],
}  # fmt: skip


def _contracts() -> list[dict[str, Any]]:
    """The forty rules in ten contracts, for a field has one rule of a kind."""

    def field(name: str, rule: tuple[str, Any]) -> dict[str, Any]:
        return {"name": name, "type": _TYPES[name], "constraints": {rule[0]: rule[1], "etl:severity": "warn"}}

    return [{"fields": [field(name, rules[at]) for name, rules in _FORTY.items()]} for at in range(10)]


def _put(home: Home, contract: dict[str, Any]) -> str:
    path = home.data / "contract.json"
    path.write_text(json.dumps(contract))
    return str(path)


def _job(home: Home, contract: dict[str, Any], **more: Any) -> JobConfig:  # noqa: ANN401 - fields of the config
    options = {"output_csv": str(home.output / "o.csv"), "measures": (), "chunk_bytes": 8000, **more}
    return home.config(more.pop("where", home.data / "in.csv"), contract=_put(home, contract), **{
        key: value for key, value in options.items() if key != "where"})  # fmt: skip


def _twin(name: str, constraint: str, asked: Any) -> list[int]:  # noqa: ANN401
    place = list(_TYPES).index(name)
    values = [float(row[3]) if name == "value" else row[place] for row in _ROWS]
    asked = float(asked) if isinstance(asked, str) and name == "value" else asked
    return [number for number, value in enumerate(values, 1) if breaks(constraint, asked, value)]


@pytest.mark.parametrize("at", range(10))
def test_forty_rules_count_what_plain_python_counts(home: Home, at: int) -> None:
    home.put("in.csv", _CSV)
    result = run(_job(home, _contracts()[at], workers=1 + at % 2), runner=InlineRunner() if at % 3 else None)
    assert result.contract is not None
    for (name, rules), found in zip(_FORTY.items(), result.contract["rules"], strict=True):
        rows = _twin(name, *rules[at])
        assert rows, "each breaks"
        assert (found["column"], found["rows"], found["is_broken"]) == (name, len(rows), True)
        assert [one["row"] for one in found["examples"]] == rows[:3]
    assert result.rows_out == len(_ROWS)


def test_the_rows_of_a_column_that_break_any_rule_count_once(home: Home) -> None:
    home.put("in.csv", _CSV)
    constraints = {"minimum": 1, "enum": [5], "etl:severity": "warn"}
    result = run(_job(home, {"fields": [{"name": "quantity", "type": "integer", "constraints": constraints}]}))
    assert result.contract is not None
    assert result.contract["columns"] == [{"name": "quantity", "rows": sum(row[2] != 5 for row in _ROWS)}]


_REJECT = {"fields": [{"name": "quantity", "type": "integer", "constraints": {"minimum": 1, "etl:severity": "reject"}},
                      {"name": "product", "constraints": {"required": True, "etl:severity": "reject"}}]}  # fmt: skip


def _kept() -> list[tuple[int, str | None, int, Decimal]]:
    return [row for row in _ROWS if row[2] >= 1 and row[1] is not None]


def test_a_row_is_set_aside_in_strict_too(home: Home) -> None:
    home.put("in.csv", _CSV)
    results = []
    for workers, chunk in ((1, 8000), (2, 3000), (4, 10**6)):
        result = run(_job(home, _REJECT, workers=workers, chunk_bytes=chunk))
        results.append((result.contract, (home.output / "o.csv").read_bytes(),
                        (home.output / "o.csv.rejected.csv").read_bytes()))  # fmt: skip
    assert results[0] == results[1] == results[2]
    with (home.output / "o.csv").open(newline="") as file:
        assert [int(row["id"]) for row in csv.DictReader(file)] == [row[0] for row in _kept()]
    assert (result.rows_in, result.rows_out) == (3000, len(_kept()))
    assert result.rows_quarantined == 3000 - len(_kept())
    with (home.output / "o.csv.rejected.csv").open(newline="") as file:
        rejected = {int(row["row"]): row["reason"] for row in csv.DictReader(file)}
    both = "contract: quantity < 1, product is null"
    assert rejected == {
        row[0] + 1: "contract: quantity < 1" if row[1] else both if row[2] < 1 else "contract: product is null"
        for row in _ROWS if row not in _kept()
    }  # fmt: skip
    assert sum(reason == both for reason in rejected.values()) > 0


def test_a_bad_row_still_stops_a_strict_job(home: Home) -> None:
    home.put("in.csv", _CSV + b"x,M1,0,1\n")
    with pytest.raises(BadRow, match="row 3001 "):
        run(_job(home, _REJECT | {"fields": [*_REJECT["fields"], {"name": "id", "type": "integer"}]}))


def test_too_many_and_all_rows_set_aside_fail_as_bad_rows_do(home: Home) -> None:
    home.put("in.csv", _CSV)
    with pytest.raises(TooManyBadRows):
        run(_job(home, _REJECT, on_bad_row="quarantine", max_bad_rows="1%"))
    none = {"fields": [{"name": "id", "type": "integer", "constraints": {"minimum": 9999, "etl:severity": "reject"}}]}
    with pytest.raises(NoGoodRow):
        run(_job(home, none))


_BROKEN = {"fields": [{"name": "quantity", "type": "integer", "constraints": {"minimum": 1, "maximum": 36}},
                      {"name": "product", "constraints": {"etl:maxNullShare": 0.01}}], "etl:minRows": 5000}  # fmt: skip


def test_a_breach_keeps_the_outputs_back(home: Home) -> None:
    home.put("in.csv", _CSV)
    (home.output / "o.csv").write_text("old")
    with pytest.raises(ContractBroken) as refused:
        run(_job(home, _BROKEN))
    low = sum(row[2] < 1 for row in _ROWS)
    nulls = sum(row[1] is None for row in _ROWS)
    assert refused.value.message.splitlines() == [
        "3 rules of the contract broken, and nothing is published:",
        f"  column quantity: {low} rows of 3,000",
        "  etl:minRows 5000: 3,000 rows",
        f"  quantity minimum 1: {low} rows (in.csv row 1: -3; in.csv row 2: -2; in.csv row 3: -1)",
        f"  product etl:maxNullShare 0.01: {nulls} of 3,000 rows null",
    ]
    assert (home.output / "o.csv").read_text() == "old"
    assert [path.name for path in home.output.iterdir() if not path.name.startswith(".")] == ["o.csv"]
    found = dry_run(_job(home, _BROKEN))
    assert found.error is not None and found.error.message == refused.value.message  # noqa: PT018
    assert not found.quarantine_would_do


def test_a_job_goes_on_to_the_same_under_the_same_contract_alone(home: Home) -> None:
    home.put("in.csv", _CSV)
    whole = run(_job(home, _REJECT))
    expected = (whole.contract, (home.output / "o.csv").read_bytes())
    with pytest.raises(Cancelled):
        run(_job(home, _REJECT), runner=CrashAfter(3, InlineRunner(), Cancelled("told to stop")))
    with pytest.raises(ConfigError, match=r"--contract\) changed since"):
        run(_job(home, _REJECT | {"etl:minRows": 1}, resume=True))
    resumed = run(_job(home, _REJECT, resume=True))
    assert (resumed.contract, (home.output / "o.csv").read_bytes()) == expected


def test_records_and_parquet_are_held_to_it_too(home: Home) -> None:
    home.put("a.bin", records(2000), LAYOUT)
    pq.write_table(pc.read_csv(home.put("in.csv", _CSV)), home.data / "in.parquet")
    run(home.config(home.data / "a.bin", output_parquet=str(home.output / "a.parquet"), measures=()))
    quantity = pq.read_table(home.output / "a.parquet")["quantity"].to_pylist()
    least = sorted(value for value in quantity if value is not None)[len(quantity) // 3]
    contract = {
        "fields": [{"name": "quantity", "type": "integer", "constraints": {"minimum": least, "etl:severity": "reject"}}]
    }
    result = run(_job(home, contract, where=home.data / "a.bin", select=("id",)))
    assert result.rows_quarantined == sum(value is not None and value < least for value in quantity) > 0
    assert (home.output / "o.csv").read_text().splitlines()[0] == "id"
    result = run(_job(home, _REJECT | {"etl:severity": "reject"}, where=home.data / "in.parquet"))
    assert result.rows_in == 3000


@pytest.mark.parametrize(
    ("contract", "says"),
    [
        ({"fields": [{"name": "price"}]}, "column 'price' of the contract is not there; the columns are id, product"),
        (
            {"fields": [{"name": "quantity", "type": "string"}]},
            "column 'quantity' of .* is integer, and the contract says",
        ),
    ],
)
def test_other_columns_are_a_breach(home: Home, contract: dict[str, Any], says: str) -> None:
    pq.write_table(pc.read_csv(home.put("in.csv", _CSV)), home.data / "in.parquet")
    with pytest.raises(ContractBroken, match=says):
        run(_job(home, contract, where=home.data / "in.parquet"))


def test_a_pattern_that_re2_cannot_read_is_refused(home: Home) -> None:
    home.put("in.csv", _CSV)
    with pytest.raises(ContractFile, match="the pattern '\\(' is not read"):
        run(_job(home, {"fields": [{"name": "product", "type": "string", "constraints": {"pattern": "("}}]}))


def test_the_contract_says_how_a_csv_is_read(home: Home) -> None:
    home.put("in.csv", b"day;price;ok\n01.02.2024;1.000,50;ja\nNA;2,25;nein\n")
    contract = {"missingValues": ["", "NA"], "fields": [
        {"name": "day", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "01.01.2024"}},
        {"name": "price", "type": "number", "decimalChar": ",", "groupChar": ".", "constraints": {"maximum": 2000}},
        {"name": "ok", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}]}  # fmt: skip
    run(_job(home, contract, delimiter=";"))
    assert (home.output / "o.csv").read_text() == "day,price,ok\n2024-02-01,1000.5,true\n,2.25,false\n"


def test_the_commands(home: Home, command: Command) -> None:
    where = home.put("in.csv", _CSV)
    rules = _put(home, _BROKEN)
    checked = command("-m", "etl_batch", "contract", "check", where, "--contract", rules)
    assert checked.code == 2
    assert "✗ error  quantity minimum 1: " in checked.out
    assert checked.err.startswith("error[E_CONTRACT]: 3 rules of the contract broken")
    inferred = command("-m", "etl_batch", "contract", "infer", where).json()
    types = {field["name"]: field["type"] for field in inferred["fields"]}
    assert types == _TYPES | {"value": "string"}, "1 beside 0.25 is text for a job that nobody tells otherwise"
    _put(home, inferred)
    assert command("-m", "etl_batch", "contract", "check", where, "--contract", rules, "--json").json()["succeeds"]
    assert command("-m", "etl_batch", "contract", "check", where).code == 2
