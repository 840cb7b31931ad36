"""Contracts: what is read of a Table Schema, and what is refused, with the place where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from etl_batch.contracts.contract import Kind, Severity
from etl_batch.contracts.loading import MOST_RULES, contract_of
from etl_batch.contracts.patterns import why_not
from etl_batch.errors import ContractFile


def _field(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    return {"name": "x", "type": "integer"} | more


def _with(**constraints: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"fields": [_field(constraints=constraints)]}


def test_what_is_read() -> None:
    contract = contract_of(json.dumps({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
            {"name": "price", "type": "number", "decimalChar": ",", "groupChar": ".", "etl:type": "decimal(10,2)",
             "missingValues": ["", "?"], "constraints": {"exclusiveMinimum": "0.05", "etl:severity": "reject"}},
            {"name": "day", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "01.02.2020"}},
            {"name": "ok", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]},
            {"name": "note"},
        ],
        "missingValues": ["", {"value": "NA", "label": "not asked"}],
        "fieldsMatch": ["subset"],
        "etl:minRows": 3,
        "etl:severity": "warn",
    }), "c.json")  # fmt: skip
    assert contract.types == "id=i64,price=decimal(10,2),day=date(%d.%m.%Y),ok=bool(ja,nein)"
    assert contract.null_words == ("NA", "price=?")
    assert (contract.decimal, contract.thousands) == (",", ".")
    assert [(rule.text, rule.severity) for rule in contract.rules] == [
        ("etl:minRows 3", Severity.WARN),
        ("id required", Severity.WARN),
        ("id minimum 1", Severity.WARN),
        ("price exclusiveMinimum 0.05", Severity.REJECT),
        ("day minimum 2020-02-01", Severity.WARN),
    ]
    assert [rule.breach for rule in contract.rules[1:]] == ["id is null", "id < 1", "price <= 0.05", "day < 2020-02-01"]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("[", "is no JSON"),
        ('{"fields": ' + "[" * 100_000, "nested too deeply|is no JSON"),
        ([], "at the top: a Table Schema is expected"),
        ({"resources": []}, "at the top: it has no 'fields'"),
        ({"fields": []}, "at /fields: it has 0 fields"),
        ({"fields": [3]}, "at /fields/0: a field is expected"),
        ({"fields": [{"type": "integer"}]}, "at /fields/0: it has no 'name'"),
        ({"fields": [_field(), _field()]}, "at /fields: two fields are called 'x'"),
        ({"fields": [_field(type="geopoint")]}, "at /fields/0/type: the type 'geopoint' is not checked"),
        ({"fields": [_field(type="date", format="any")]}, "at /fields/0/format: the format 'any' of date"),
        ({"fields": [_field(type="string", format="email")]}, "at /fields/0/format: the format 'email' of string"),
        ({"fields": [_field(bareNumber=False)]}, "at /fields/0/bareNumber: numbers with signs"),
        ({"fields": [_field(name="a,b")]}, "at /fields/0/name: 'a,b' has a comma"),
        ({"fields": [_field(type="boolean", trueValues=["a", "b"])]}, "at /fields/0/trueValues: 2 words"),
        ({"fields": [_field(missingValues=["NA"])]}, "at /fields/0/missingValues: the empty cell is not among"),
        ({"fields": [_field(decimalChar="."), _field(name="y", decimalChar=",")]}, "at /fields/1/decimalChar: columns"),
        ({"fields": [_field()], "fieldsMatch": "exact"}, "at /fieldsMatch: fieldsMatch is 'exact'"),
        ({"fields": [_field()], "etl:maxDrift": 1}, "at /etl:maxDrift: etl:maxDrift is no property of ours"),
        ({"fields": [_field()], "etl:minrows": 3}, "at /etl:minrows: etl:minrows is no property of ours"),
        ({"fields": [_field()], "etl:minRows": -1}, "at /etl:minRows: -1 is no count"),
        ({"fields": [_field()], "etl:minRows": True}, "at /etl:minRows: True is no count"),
        (_with(least=1), "at /fields/0/constraints/least: least is no constraint"),
        (_with(minLength=1), "at /fields/0/constraints/minLength: a column of the type integer has no minLength"),
        (_with(minimum="one"), "at /fields/0/constraints/minimum: 'one' is no number"),
        (_with(minimum=True), "at /fields/0/constraints/minimum: True is no number"),
        (_with(minimum="1e999999999"), "is no number"),
        (_with(minimum="9" * 1000), "is no number"),
        (_with(required="yes"), "at /fields/0/constraints/required: a truth value is expected"),
        (_with(enum=[]), "at /fields/0/constraints/enum: it lists 0 values"),
        (_with(enum=list(range(1025))), "at /fields/0/constraints/enum: it lists 1,025 values"),
        (_with(enum=[1, "a"]), "at /fields/0/constraints/enum/1: 'a' is no number"),
        (_with(**{"etl:maxNullShare": 2}), "at /fields/0/constraints/etl:maxNullShare: 2 is no share"),
        (_with(minimum=1, **{"etl:severity": "fatal"}), "etl:severity: 'fatal' is no severity"),
        (_with(**{"etl:maxNullShare": 0, "etl:severity": {"etl:maxNullShare": "reject"}}), "known only at the end"),
        ({"fields": [_field(type="date", constraints={"minimum": "2020-02-30"})]}, "is no date"),
        ({"fields": [_field(type="datetime", constraints={"minimum": 3})]}, "is no text"),
        ({"fields": [_field(type="string", constraints={"pattern": "[A-Z-[C]]"})]}, "/constraints/pattern: "),
        ({"fields": [_field(**{"a~/b": 1}, constraints=3)]}, "at /fields/0/constraints: constraints is expected"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(document: Any, says: str) -> None:  # noqa: ANN401
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ContractFile, match=f"^c.json.*({says})"):
        contract_of(text, "c.json")


def test_more_rules_than_are_read_are_refused() -> None:
    fields = [_field(name=f"x{number}", constraints={"minimum": 1, "maximum": 2}) for number in range(MOST_RULES)]
    with pytest.raises(ContractFile, match="more than 5,000 rules"):
        contract_of(json.dumps({"fields": fields}), "c.json")
    with pytest.raises(ContractFile, match="1,048,576 bytes"):
        contract_of(" " * 2**21, "c.json")


@pytest.mark.parametrize(
    "pattern",
    [r"\i", r"\c*", r"[\i]", "[A-Z-[C]]", "[a[b]]", "[[:alpha:]]", "(?=a)b", "a(?!b)", "(?<=a)b", "(?<!a)b", r"(a)\1",
     "(?>a)", "a{1001}", "a{2,5000}", "a" * 5000],
)  # fmt: skip
def test_patterns_that_would_be_read_otherwise(pattern: str) -> None:
    assert why_not(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [r"[A-Z]{2}\d+", r"\\i", r"\\1", r"\[a[b]", r"[\]\[]", "a{1000}", "(a|b)*", "(?:x)", r"\p{L}+", r"[\1-\9]"],
)
def test_patterns_that_are_read(pattern: str) -> None:
    assert why_not(pattern) is None


def test_severities_are_of_a_rule_a_field_or_all() -> None:
    document = {
        "etl:severity": {"required": "warn"}, "etl:maxRows": 9,
        "fields": [_field(**{"etl:severity": "reject"}, constraints={
            "required": True, "minimum": 1, "maximum": 5, "etl:maxNullShare": 0.5,
            "etl:severity": {"maximum": "error"}})],
    }  # fmt: skip
    severities = {rule.kind: rule.severity for rule in contract_of(json.dumps(document), "c.json").rules}
    assert severities == {
        Kind.MOST_ROWS: Severity.ERROR, Kind.REQUIRED: Severity.WARN, Kind.MINIMUM: Severity.REJECT,
        Kind.MAXIMUM: Severity.ERROR, Kind.MOST_NULLS: Severity.ERROR,
    }  # fmt: skip
