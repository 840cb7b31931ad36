"""A contract as a table that people edit, and back."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.contracts.draft import (
    COLUMNS,
    MIXED,
    document_of,
    keys_in_words,
    rows_allowed,
    rows_of,
    text_of,
    with_rows,
    with_rows_allowed,
)
from etl_batch.contracts.loading import contract_of
from etl_batch.errors import ContractFile

DOCUMENT: dict[str, Any] = {
    "title": "Orders",
    "fields": [
        {"name": "day", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "01.01.2024"}},
        {
            "name": "quantity", "type": "integer", "description": "pieces",
            "constraints": {"required": True, "minimum": 1, "exclusiveMaximum": 100, "etl:severity": "reject"},
        },
        {"name": "price", "type": "number", "constraints": {"maximum": "99.90", "etl:maxNullShare": 0.1}},
        {"name": "city", "type": "string", "constraints": {"enum": ["Bonn", "Ulm"], "minLength": 2, "maxLength": 9}},
        {"name": "code", "type": "string", "constraints": {"enum": ["a, b", " c"], "pattern": ".*"}},
        {"name": "free", "etl:severity": {"required": "warn"}, "constraints": {"required": True}},
    ],
    "etl:minRows": 5,
}  # fmt: skip


def test_a_table_has_what_the_contract_says() -> None:
    day, quantity, price, city, code, free = rows_of(DOCUMENT)
    assert all(tuple(sorted(row)) == tuple(sorted(COLUMNS)) for row in (day, quantity, price, city, code, free))
    assert (day["minimum"], day["required"], day["breach"]) == ("01.01.2024", False, "error")
    assert (quantity["minimum"], quantity["required"], quantity["breach"]) == ("1", True, "reject")
    assert (price["maximum"], price["most_empty"]) == ("99.90", 0.1)
    assert (city["one_of"], city["shortest"], city["longest"]) == ("Bonn, Ulm", 2, 9)
    assert code["one_of"] == '["a, b", " c"]', "no list with commas would be the same"
    assert (free["type"], free["breach"]) == ("any", MIXED)


def test_keys_are_told_and_stay_as_they_are() -> None:
    keys = {"primaryKey": "day", "foreignKeys": [{"fields": "city", "reference": {"resource": "c.csv", "fields": "n"}}]}
    document = DOCUMENT | keys
    assert keys_in_words(document) == ["primaryKey (day)", "foreignKeys (city) in c.csv (n)"]
    assert keys_in_words(DOCUMENT) == []
    rows = rows_of(document)
    rows[0]["unique"] = True
    again = with_rows(document, rows)
    assert {key: again[key] for key in keys} == keys
    assert again["fields"][0]["constraints"] == {"minimum": "01.01.2024", "unique": True}


def test_a_word_that_begins_like_a_list_is_shown_in_one() -> None:
    (row,) = rows_of({"fields": [{"name": "a", "constraints": {"enum": ["[x", "y"]}}]})
    assert row["one_of"] == '["[x", "y"]'


def test_a_table_that_nobody_edits_is_the_same_contract() -> None:
    again = with_rows(DOCUMENT, rows_of(DOCUMENT))
    assert again == DOCUMENT | {"fields": [*DOCUMENT["fields"][:-1], {"type": "any"} | DOCUMENT["fields"][-1]]}
    assert contract_of(text_of(again), "c").rules == contract_of(text_of(DOCUMENT), "c").rules


@pytest.mark.parametrize(
    ("place", "edits", "expected"),
    [
        (1, {"minimum": "2"}, {"required": True, "minimum": 2, "exclusiveMaximum": 100, "etl:severity": "reject"}),
        (1, {"minimum": "-7"}, {"required": True, "minimum": -7, "exclusiveMaximum": 100, "etl:severity": "reject"}),
        (1, {"required": False}, {"minimum": 1, "exclusiveMaximum": 100, "etl:severity": "reject"}),
        (1, {"minimum": None}, {"required": True, "exclusiveMaximum": 100, "etl:severity": "reject"}),
        (2, {"maximum": "100.10"}, {"maximum": "100.10", "etl:maxNullShare": 0.1}),
        (3, {"one_of": "Bonn,Ulm , Köln"}, {"enum": ["Bonn", "Ulm", "Köln"], "minLength": 2, "maxLength": 9}),
        (3, {"one_of": '["a,b"]', "longest": 0}, {"enum": ["a,b"], "minLength": 2, "maxLength": 0}),
        (0, {"minimum": "  "}, None),
    ],
)
def test_what_is_edited_is_changed_and_nothing_else(place: int, edits: dict[str, Any], expected: object) -> None:
    rows = rows_of(DOCUMENT)
    rows[place] |= edits
    found = with_rows(DOCUMENT, rows)["fields"]
    assert found[place].get("constraints") == expected
    assert [one["name"] for one in found] == [one["name"] for one in DOCUMENT["fields"]]
    assert found[:place] == DOCUMENT["fields"][:place]
    assert {key: value for key, value in found[place].items() if key != "constraints"} == {
        key: value for key, value in DOCUMENT["fields"][place].items() if key != "constraints"
    }


def test_what_follows_from_a_breach_is_changed_for_all_rules_of_a_column() -> None:
    rows = rows_of(DOCUMENT)
    rows[1]["breach"] = "warn"
    rows[5]["breach"] = "reject"
    found = with_rows(DOCUMENT, rows)["fields"]
    assert (found[1]["etl:severity"], "etl:severity" in found[1]["constraints"]) == ("warn", False)
    assert found[5]["etl:severity"] == "reject"
    rows[1]["breach"] = "error"
    assert "etl:severity" not in with_rows(DOCUMENT, rows)["fields"][1], "it is what nothing said means"


def test_columns_come_and_go() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "new", "type": "integer", "minimum": "3", "breach": "error"},
        {"name": None, "type": "any"},
    ]
    assert with_rows(DOCUMENT, rows)["fields"] == [{"name": "new", "type": "integer", "constraints": {"minimum": 3}}]


def test_how_many_rows_there_may_be() -> None:
    assert rows_allowed(DOCUMENT) == (5, None)
    changed = with_rows_allowed(DOCUMENT, None, 9)
    assert rows_allowed(changed) == (None, 9)
    assert ("etl:minRows" in changed, changed["title"]) == (False, "Orders")


def test_values_that_are_no_list_are_refused() -> None:
    rows = rows_of(DOCUMENT)
    rows[3]["one_of"] = '["Bonn", '
    with pytest.raises(ContractFile, match="the values of column 'city' are no list"):
        with_rows(DOCUMENT, rows)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"fields": {}}', '{"fields": [1]}', '{"fields": [{"name": 1}]}'])
def test_what_has_no_columns_is_no_table(text: str) -> None:
    with pytest.raises(ContractFile, match=r"x\.json"):
        document_of(text, "x.json")
