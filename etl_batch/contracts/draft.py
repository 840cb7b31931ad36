"""A contract as a table of columns that people edit, and back; what the table has no room for stays as it is. Pure."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from etl_batch.contracts.contract import Kind, Severity
from etl_batch.contracts.loading import contract_of
from etl_batch.errors import ContractFile
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.numbers import is_whole_number

Document = dict[str, Any]  #: of a Table Schema
Row = dict[str, Any]  #: of the table, by `COLUMNS`; None: nothing is said

#: the rules that the table has, and their columns in it
_RULES = {
    "required": Kind.REQUIRED, "unique": Kind.UNIQUE, "minimum": Kind.MINIMUM, "maximum": Kind.MAXIMUM,
    "one_of": Kind.ENUM, "pattern": Kind.PATTERN, "shortest": Kind.SHORTEST, "longest": Kind.LONGEST,
    "most_empty": Kind.MOST_NULLS,
}  # fmt: skip
_COMMON = ("required", "unique", "minimum", "maximum", "one_of")
COLUMNS = ("name", "type", *_COMMON, "breach", *(name for name in _RULES if name not in _COMMON))
MIXED = "several"  #: rules of one column have different severities; only the document says which
BREACHES = (*Severity, MIXED)
_SEVERITY = "etl:severity"


def rows_of(document: Document) -> list[Row]:
    """The columns that a contract is about, one row each."""
    return [_row(field, document) for field in document["fields"]]


def with_rows(document: Document, rows: Iterable[Mapping[str, Any]]) -> Document:
    """The contract with the columns that a table has come to; rows without a name are none.

    Raises:
        ContractFile: what stands in a cell can be none of its values.
    """
    before = {field["name"]: field for field in document["fields"]}
    fields = [_field(row, copy.deepcopy(before.get(str(row["name"]), {})), document) for row in rows if row.get("name")]
    return document | {"fields": fields}


def with_rows_allowed(document: Document, fewest: int | None, most: int | None) -> Document:
    """The contract with so many rows allowed; None: nothing is said."""
    said = {str(Kind.FEWEST_ROWS): fewest, str(Kind.MOST_ROWS): most}
    kept = {key: value for key, value in document.items() if key not in said}
    return kept | {key: value for key, value in said.items() if value is not None}


def rows_allowed(document: Document) -> tuple[int | None, int | None]:
    """The fewest and the most rows that it allows."""
    fewest, most = (document.get(str(kind)) for kind in (Kind.FEWEST_ROWS, Kind.MOST_ROWS))
    return fewest if is_whole_number(fewest) else None, most if is_whole_number(most) else None


def keys_in_words(document: Document) -> list[str]:
    """The keys of several columns, and those that refer to others, which the table has no room for."""
    kinds = {Kind.PRIMARY_KEY, Kind.UNIQUE_KEY, Kind.FOREIGN_KEY}
    return [rule.text for rule in contract_of(text_of(document), "the contract").rules if rule.kind in kinds]


def document_of(text: str, name: str) -> Document:
    """The document of a contract that was found to be sound.

    Raises:
        ContractFile: it is none whose columns could be a table.
    """
    try:
        found = json_document(text.encode())
    except ValueError as error:
        raise ContractFile(f"{name} is no JSON: {error}") from None
    fields = found.get("fields") if isinstance(found, dict) else None
    if not isinstance(fields, list) or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in fields
    ):
        raise ContractFile(f"{name} has no list of fields with names")
    return dict(found)


def text_of(document: Document) -> str:
    """The document as its file has it."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _row(field: Mapping[str, Any], document: Document) -> Row:
    constraints = field.get("constraints") or {}
    row = {column: _shown(constraints.get(str(kind)), kind) for column, kind in _RULES.items()}
    return {"name": field["name"], "type": field.get("type", "any"), **row, "breach": _breach(field, document)}


def _shown(value: Any, kind: Kind) -> Any:  # noqa: ANN401 - a JSON value
    if kind in {Kind.REQUIRED, Kind.UNIQUE}:
        return value is True
    if value is None or kind in {Kind.SHORTEST, Kind.LONGEST, Kind.MOST_NULLS}:
        return value
    if kind is not Kind.ENUM:
        return value if isinstance(value, str) else json.dumps(value)
    words = [one if isinstance(one, str) else json.dumps(one) for one in value]
    is_plain = all(word and word == word.strip() and "," not in word and word[0] != "[" for word in words)
    return ", ".join(words) if is_plain else json.dumps(value, ensure_ascii=False)


def _breach(field: Mapping[str, Any], document: Document) -> str:
    """What follows from a breach of any rule of a column."""
    said = [(field.get("constraints") or {}).get(_SEVERITY), field.get(_SEVERITY), document.get(_SEVERITY)]
    if any(isinstance(one, dict) for one in said):
        return MIXED
    return next((str(one) for one in said if one is not None), str(Severity.ERROR))


def _field(row: Mapping[str, Any], field: dict[str, Any], document: Document) -> dict[str, Any]:
    """One column of the contract, out of its row and what it was."""
    was = _row(field, document) if field else {}
    constraints = field.pop("constraints", None) or {}
    for column, kind in _RULES.items():
        if (value := row.get(column)) == was.get(column):
            continue
        constraints.pop(str(kind), None)
        if not _is_blank(value):
            constraints[str(kind)] = _value(value, kind, str(row["name"]))
    if row.get("breach") not in {None, was.get("breach"), MIXED}:
        constraints.pop(_SEVERITY, None)
        field.pop(_SEVERITY, None)
        if row["breach"] != _breach({}, document):
            field[_SEVERITY] = str(row["breach"])
    found = {"name": str(row["name"]), "type": row.get("type") or "any"} | {
        key: value for key, value in field.items() if key not in {"name", "type"}
    }
    return found | ({"constraints": constraints} if constraints else {})


def _is_blank(value: Any) -> bool:  # noqa: ANN401 - a cell
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def _value(value: Any, kind: Kind, name: str) -> Any:  # noqa: ANN401 - a cell, a JSON value
    if kind in {Kind.SHORTEST, Kind.LONGEST}:
        return int(value)
    if kind is Kind.MINIMUM or kind is Kind.MAXIMUM:
        text = str(value).strip()
        return int(text) if text.removeprefix("-").isdecimal() and text.isascii() else text
    if kind is not Kind.ENUM:
        return value
    text = str(value).strip()
    if not text.startswith("["):
        return [word.strip() for word in text.split(",") if word.strip()]
    try:
        return json_document(text.encode())
    except ValueError as error:
        raise ContractFile(f"the values of column {name!r} are no list: {error}", mend='write ["a", "b"]') from None
