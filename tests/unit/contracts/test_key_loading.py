"""Keys of a contract: what is read, and what is refused, with the place where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from etl_batch.contracts.contract import Contract, Severity
from etl_batch.contracts.key_loading import MOST_KEYS
from etl_batch.contracts.loading import contract_of
from etl_batch.errors import ContractFile

_FIELDS = [{"name": "id"}, {"name": "store"}, {"name": "day"}]


def _read(document: dict[str, Any]) -> Contract:
    return contract_of(json.dumps({"fields": _FIELDS, **document}), "c.json")


def test_what_is_read() -> None:
    fields = [{"name": "id", "constraints": {"unique": True, "required": True}},
              {"name": "store", "constraints": {"unique": False}}, {"name": "day"}]  # fmt: skip
    contract = _read({
        "fields": fields,
        "primaryKey": ["id", "day"],
        "uniqueKeys": [["store", "day"], "day"],
        "foreignKeys": [
            {"fields": "store", "reference": {"resource": "stores.csv", "fields": "number"}},
            {"fields": ["store", "day"], "reference": {"fields": ["id", "day"]}},
            {"fields": "day", "reference": {"resource": "", "fields": ["id"]}},
        ],
        "etl:severity": {"uniqueKeys": "warn"},
    })  # fmt: skip
    assert [(rule.text, rule.severity) for rule in contract.rules] == [
        ("id unique", Severity.ERROR),
        ("id required", Severity.ERROR),
        ("day required", Severity.ERROR),
        ("primaryKey (id, day)", Severity.ERROR),
        ("uniqueKeys (store, day)", Severity.WARN),
        ("uniqueKeys (day)", Severity.WARN),
        ("foreignKeys (store) in stores.csv (number)", Severity.ERROR),
        ("foreignKeys (store, day) in itself (id, day)", Severity.ERROR),
        ("foreignKeys (day) in itself (id)", Severity.ERROR),
    ]
    assert contract.keys == (("id",), ("id", "day"), ("store", "day"), ("day",), ("store",))


def test_what_is_set_aside_is_not_said_of_keys() -> None:
    contract = _read({"primaryKey": "id", "etl:severity": "reject"})
    assert [rule.severity for rule in contract.rules] == [Severity.REJECT, Severity.ERROR]


_REFERENCE = {"resource": "s.csv", "fields": "id"}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"primaryKey": "price"}, "at /primaryKey: 'price' is none of its fields"),
        ({"primaryKey": []}, "at /primaryKey: it has 0 columns; give 1 to 16"),
        ({"primaryKey": ["id"] * 17}, "it has 17 columns"),
        ({"primaryKey": ["id", "id"]}, "it names a column twice"),
        ({"primaryKey": {"id": 1}}, "at /primaryKey: columns is expected"),
        ({"primaryKey": ["id", 3]}, "at /primaryKey/1: the name of a column is expected"),
        ({"primaryKey": "id", "etl:severity": {"primaryKey": "reject"}}, "primaryKey is known only at the end"),
        ({"uniqueKeys": "id"}, "at /uniqueKeys: keys is expected"),
        ({"uniqueKeys": [["id"], ["nix"]]}, "at /uniqueKeys/1/0: 'nix' is none of its fields"),
        (
            {"uniqueKeys": [["id"]] * (MOST_KEYS + 1)},
            "it has 101 keys, those of unique columns among them; give 100 at most",
        ),
        ({"foreignKeys": [{"reference": _REFERENCE}]}, "at /foreignKeys/0: it has no 'fields'"),
        ({"foreignKeys": [{"fields": "id"}]}, "at /foreignKeys/0: it has no 'reference'"),
        ({"foreignKeys": [{"fields": "id", "reference": {"fields": "x"}}]}, "at /foreignKeys/0/reference/fields: 'x'"),
        ({"foreignKeys": [{"fields": ["id", "day"], "reference": _REFERENCE}]}, "2 columns refer to 1"),
        ({"foreignKeys": [{"fields": "id", "reference": _REFERENCE | {"resource": 3}}]}, "a file is expected"),
        ({"foreignKeys": [{"fields": "id", "reference": _REFERENCE | {"resource": "/"}}]}, "'/' is no file"),
        ({"foreignKeys": [{"fields": "id", "reference": _REFERENCE | {"resource": "s\0"}}]}, "is no file"),
        ({"fields": [{"name": "id", "constraints": {"unique": 1}}]}, "at /fields/0/constraints/unique: a truth value"),
    ],
)
def test_what_is_refused(document: dict[str, Any], says: str) -> None:
    with pytest.raises(ContractFile) as refused:
        _read(document)
    assert says in str(refused.value)


def test_columns_that_refer_to_each_other_are_two_keys_and_nothing_is_followed() -> None:
    rings = [{"fields": one, "reference": {"fields": other}} for one, other in (("id", "day"), ("day", "id"))]
    assert _read({"foreignKeys": rings}).keys == (("id",), ("day",))
