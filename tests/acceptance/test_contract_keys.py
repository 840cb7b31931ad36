"""Keys of a contract in whole jobs: the same rows found whatever the workers, gone on with, and in a check."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.__main__ import main
from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled, ContractBroken, PathTraversal
from etl_batch.etl_core import run
from etl_batch.pipeline.dry_run import dry_run
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.inline_runner import CrashAfter, InlineRunner
from tests.helpers.twins_keys import repeats, strangers

_ROWS: list[tuple[int, int | None, int, str]] = [
    (number // 2 if number % 100 == 99 else number, number % 7 if number % 50 else None, number // 7 % 40,
     "bad" if number % 90 == 3 else "1")
    for number in range(2000)
]  # fmt: skip
_CSV = b"id,store,day,ok\n" + b"".join(
    f"{number},{'' if store is None else store},{day},{ok}\n".encode() for number, store, day, ok in _ROWS
)
_STORES = b"number;place\n" + b"".join(f"{number};P{number}\n".encode() for number in (0, 1, 2, 4, 6)) + b"x;none\n"
_FIELDS: list[dict[str, Any]] = [{"name": name, "type": "integer"} for name in ("id", "store", "day")]
_CONTRACT: dict[str, Any] = {
    "fields": [{"name": "id", "type": "integer", "constraints": {"unique": True}}, *_FIELDS[1:]],
    "uniqueKeys": [["store", "day"]],
    "foreignKeys": [{"fields": "store", "reference": {"resource": "stores.csv", "fields": "number"}},
                    {"fields": "day", "reference": {"fields": "id"}}],
    "etl:severity": "warn",
}  # fmt: skip


def _job(home: Home, contract: dict[str, Any], name: str = "in.csv", **more: Any) -> JobConfig:  # noqa: ANN401
    home.put("stores.csv", _STORES)
    path = home.put("c.contract.json", json.dumps(contract).encode())
    options = {"output_csv": str(home.output / "o.csv"), "measures": (), "chunk_bytes": 3000, **more}
    return home.config(home.data / name, contract=str(path), **options)


def _expected(rows: list[tuple[int, int | None, int, str]]) -> list[tuple[int, list[int]]]:
    """Of each rule, how many rows break it, and the first."""
    stores = [(number,) for number in (0, 1, 2, 4, 6)]
    broken = [
        [place for place, _ in repeats([row[:1] for row in rows])],
        [place for place, _ in repeats([row[1:3] for row in rows])],
        strangers([row[1:2] for row in rows], stores),
        strangers([row[2:3] for row in rows], [row[:1] for row in rows]),
    ]
    return [(len(each), each[:3]) for each in broken]


def _found(contract: dict[str, Any] | None) -> list[tuple[int, list[int]]]:
    assert contract is not None
    rules = [one for one in contract["rules"] if one["rule"].split()[-1] != "required"]
    return [(one["rows"], [example["row"] - 1 for example in one["examples"]]) for one in rules]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_they_are_found_as_plain_python_finds_them(home: Home, workers: int) -> None:
    home.put("in.csv", _CSV)
    job = _job(home, _CONTRACT, workers=workers, chunk_bytes=(2000, 900, 10**6)[workers // 2])
    result = run(job)
    assert _found(result.contract) == _expected(_ROWS)
    assert result.contract is not None
    assert result.contract["rules"][0]["examples"][0]["value"] == "49, as row 50"
    assert result.contract["rules"][2]["examples"][0] == {"input": "in.csv", "row": 4, "value": "3"}
    assert dry_run(job).contract == result.contract
    assert any("stores.csv: of what foreign keys refer to, 1 row cannot be read" in note for note in result.notes)
    assert not [path.name for path in home.output.iterdir() if "keys" in path.name or "spool" in path.name]


def test_a_job_that_is_gone_on_with_finds_the_same(home: Home) -> None:
    home.put("in.csv", _CSV)
    whole = run(_job(home, _CONTRACT)).contract
    with pytest.raises(Cancelled):
        run(_job(home, _CONTRACT), runner=CrashAfter(5, InlineRunner(), Cancelled("told to stop")))
    (kept,) = (path for path in home.output.iterdir() if path.name.endswith(".keys") or ".span.keys" in path.name)
    resumed = run(_job(home, _CONTRACT, resume=True))
    assert resumed.contract == whole
    assert not kept.exists()


def test_keys_that_somebody_changed_are_made_again(home: Home) -> None:
    home.put("in.csv", _CSV)
    whole = run(_job(home, _CONTRACT)).contract
    with pytest.raises(Cancelled):
        run(_job(home, _CONTRACT), runner=CrashAfter(5, InlineRunner(), Cancelled("told to stop")))
    (kept,) = (path for path in home.output.iterdir() if ".span.keys" in path.name)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    assert run(_job(home, _CONTRACT, resume=True)).contract == whole


def test_rows_set_aside_have_no_keys(home: Home) -> None:
    home.put("in.csv", _CSV)
    rules = {"fields": [*_CONTRACT["fields"], {"name": "ok", "type": "integer"}]}
    rules["fields"][2] = {**_FIELDS[2], "constraints": {"maximum": 30, "etl:severity": "reject"}}
    result = run(_job(home, _CONTRACT | rules, on_bad_row="quarantine"))
    kept = [row if row[3] == "1" and row[2] <= 30 else (None, None, None, "") for row in _ROWS]
    stores = [(number,) for number in (0, 1, 2, 4, 6)]
    broken = [
        [place for place, _ in repeats([row[:1] for row in kept])],
        [place for place, _ in repeats([row[1:3] for row in kept])],
        strangers([row[1:2] for row in kept], stores),
        strangers([row[2:3] for row in kept], [row[:1] for row in kept]),
    ]
    found = _found(result.contract)
    assert result.rows_quarantined == sum(row[2] is None for row in kept) > 0
    assert [found[at] for at in (0, 2, 3, 4)] == [(len(each), each[:3]) for each in broken]


def test_a_key_that_comes_twice_keeps_the_outputs_back(home: Home) -> None:
    home.put("in.csv", _CSV)
    contract = {"fields": _FIELDS, "primaryKey": ["id"]}
    with pytest.raises(ContractBroken) as refused:
        run(_job(home, contract))
    shown = [f"in.csv row {row}: {row // 2 - 1}, as row {row // 2}" for row in (100, 300, 500)]
    count = len(repeats([row[:1] for row in _ROWS]))
    assert refused.value.message.splitlines() == [
        "1 rule of the contract broken, and nothing is published:",
        f"  primaryKey (id): {count} rows ({'; '.join(shown)})",
    ]
    assert not (home.output / "o.csv").exists()
    found = dry_run(_job(home, contract))
    assert found.error is not None
    assert found.error.message == refused.value.message


def test_keys_of_several_inputs_say_which(home: Home) -> None:
    home.put("a.csv", b"id\n1\n2\n")
    home.put("b.csv", b"id\n2\n1\n2\n")
    contract = {"fields": [{"name": "id", "type": "integer", "constraints": {"unique": True, "etl:severity": "warn"}}]}
    config = home.config(home.data / "a.csv", home.data / "b.csv", measures=(), workers=2,
                         output_csv=str(home.output / "o.csv"),
                         contract=str(home.put("c.contract.json", json.dumps(contract).encode())))  # fmt: skip
    found = run(config).contract
    assert found is not None
    assert found["rules"][0]["examples"] == [
        {"input": "b.csv", "row": 1, "value": "2, as row 2 of a.csv"},
        {"input": "b.csv", "row": 2, "value": "1, as row 1 of a.csv"},
        {"input": "b.csv", "row": 3, "value": "2, as row 2 of a.csv"},
    ]


def test_records_and_parquet_have_keys_too(home: Home) -> None:
    home.put("a.bin", records(2000), LAYOUT)
    run(home.config(home.data / "a.bin", output_parquet=str(home.output / "a.parquet"), measures=()))
    quantity = pq.read_table(home.output / "a.parquet")["quantity"].to_pylist()
    pq.write_table(pa.table({"q": pa.array(sorted({one for one in quantity if one is not None})[3:])}),
                   home.data / "q.parquet")  # fmt: skip
    keys = [{"fields": "quantity", "reference": {"resource": "q.parquet", "fields": "q"}}]
    fields = [{"name": "quantity", "constraints": {"unique": True}}]
    contract = {"fields": fields, "foreignKeys": keys, "etl:severity": "warn"}
    for where in ("a.bin", "../output/a.parquet"):
        result = run(_job(home, contract, str((home.data / where).resolve()), chunk_bytes=20_000, select=("id",)))
        own = [(one,) for one in quantity]
        there = [(one,) for one in sorted({one for one in quantity if one is not None})[3:]]
        assert [rows for rows, _ in _found(result.contract)] == [len(repeats(own)), len(strangers(own, there))]


def _refers(resource: str, column: str = "number", own: str = "store") -> dict[str, Any]:
    return {"fields": _FIELDS, "foreignKeys": [{"fields": own, "reference": {"resource": resource, "fields": column}}]}


@pytest.mark.parametrize(
    ("contract", "says"),
    [
        (_refers("nix.csv"), "nix.csv, which a foreign key of the contract refers to, is not there"),
        (
            _refers("stores.csv", "nr"),
            "stores.csv, which a foreign key refers to: column 'nr' .* is not there; the columns are number, place",
        ),
        (
            _refers("texts.parquet", "t"),
            "column 'store' holds whole numbers, and column 't' of .*texts.parquet, .* texts",
        ),
    ],
)
def test_what_is_referred_to_must_be_there(home: Home, contract: dict[str, Any], says: str) -> None:
    home.put("in.csv", _CSV)
    pq.write_table(pa.table({"t": ["1"]}), home.data / "texts.parquet")
    for job in (run, dry_run):
        with pytest.raises(ContractBroken, match=says):
            job(_job(home, contract))


def test_nothing_outside_is_read(home: Home) -> None:
    home.put("in.csv", _CSV)
    with pytest.raises(PathTraversal):
        run(_job(home, _refers("../.secrets/key.csv")))


def test_a_check_says_what_is_broken_and_nothing_of_rows_set_aside(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.put("in.csv", b"id\n1\n1\n")
    home.put("c.json", json.dumps({"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}).encode())
    said = ["run", "--check", "-i", str(home.data / "in.csv"), "-o", str(home.output / "o.csv"), "--measures", "-"]
    assert main([*said, "--contract", str(home.data / "c.json"), "--home", str(home.path)]) == ContractBroken.exit_code
    told = capsys.readouterr().err
    assert "The job would fail: error[E_CONTRACT]: 1 rule of the contract broken" in told
    assert "primaryKey (id): 1 row (in.csv row 2: 1, as row 1)" in told
    assert "quarantine" not in told
