"""A Table Schema (version 2, with our own `etl:` properties) as a contract; what is not checked is refused. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from etl_batch.contracts.bounds import BadBound, bound_of
from etl_batch.contracts.contract import OF_ROWS, Bound, Contract, ContractField, Key, Kind, Rule, Severity
from etl_batch.contracts.drift import drift_limits
from etl_batch.contracts.json_place import At, Wrong
from etl_batch.contracts.key_loading import key_rules
from etl_batch.contracts.patterns import why_not
from etl_batch.contracts.readings import read_as
from etl_batch.errors import ContractFile
from etl_batch.text.bounded_documents import json_document
from etl_batch.values import MIB

_MOST_BYTES = MIB
_MOST_FIELDS, MOST_RULES = 10_000, 5_000
_MOST_ENUM = 1024
_SEVERITY = "etl:severity"
_ORDERED = {"integer", "number", "date", "datetime"}
_TEXTS = {"string", "any"}
#: constraints, and the types that have them; None: all
_CONSTRAINTS: dict[str, tuple[Kind, set[str] | None]] = {
    "required": (Kind.REQUIRED, None),
    "minimum": (Kind.MINIMUM, _ORDERED),
    "maximum": (Kind.MAXIMUM, _ORDERED),
    "exclusiveMinimum": (Kind.ABOVE, _ORDERED),
    "exclusiveMaximum": (Kind.BELOW, _ORDERED),
    "minLength": (Kind.SHORTEST, _TEXTS),
    "maxLength": (Kind.LONGEST, _TEXTS),
    "pattern": (Kind.PATTERN, _TEXTS),
    "enum": (Kind.ENUM, None),
    "etl:maxNullShare": (Kind.MOST_NULLS, None),
    "unique": (Kind.UNIQUE, None),
    "etl:maxDrift": (Kind.DRIFT, None),
}
_OF_TABLE = {"etl:minRows": Kind.FEWEST_ROWS, "etl:maxRows": Kind.MOST_ROWS}
_OWN = frozenset({_SEVERITY, "etl:type", "etl:unit", *_OF_TABLE})
_FIELDS_MATCH = "subset"


def contract_of(text: str | bytes, name: str) -> Contract:
    """The contract in a document.

    Args:
        text: the document.
        name: of its file, for messages.

    Raises:
        ContractFile: it is no Table Schema, or asks for what is not checked; the message says where.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        document = json_document(data, _MOST_BYTES)
    except ValueError as error:
        raise ContractFile(f"{name} is no JSON: {error}") from None
    try:
        return _contract(At(document), hashlib.sha256(data).hexdigest())
    except Wrong as wrong:
        raise ContractFile(f"{name}, at {wrong.pointer}: {wrong.what}", mend=wrong.mend) from None


def _contract(top: At, digest: str) -> Contract:
    schema = top.object("a Table Schema")
    if "fields" not in schema:
        raise top.wrong("it has no 'fields'", 'write {"fields": [{"name": "quantity", "type": "integer"}]}')
    _refuse_unchecked(top, schema)
    _refuse_match(top)
    listed = top["fields"].list("the columns")
    if not listed or len(listed) > _MOST_FIELDS:
        raise top["fields"].wrong(f"it has {len(listed):,} fields", f"give 1 to {_MOST_FIELDS:,}")
    default = _severities(top.get(_SEVERITY))
    fields, rules = [], list(_of_table(top, default))
    places = [top["fields"][number] for number in range(len(listed))]
    names = [_name(place) for place in places]
    for place, name in zip(places, names, strict=True):
        field = _field(place, name)
        fields.append(field)
        rules += _rules(place, field, default)
        if len(rules) > MOST_RULES:
            raise place.wrong(f"there are more than {MOST_RULES:,} rules", "divide the contract")
    if len(set(names)) < len(names):
        twice = next(name for name, times in Counter(names).items() if times > 1)
        raise top["fields"].wrong(f"two fields are called {twice!r}", "give each a name of its own")
    rules += key_rules(top, frozenset(names), rules, lambda at, kind: severity_at_end(at, kind, default))
    decimal, thousands = _marks(places)
    return Contract(tuple(fields), tuple(rules), _nulls(top), decimal, thousands, digest)


def _name(field: At) -> str:
    field.object("a field")
    return field["name"].text("a name")


def _refuse_unchecked(top: At, schema: Mapping[str, Any]) -> None:
    for key in schema:
        if key.startswith("etl:") and key not in _OWN:
            raise top[key].wrong(f"{key} is no property of ours", f"ours are {', '.join(sorted(_OWN))}")


def _refuse_match(top: At) -> None:
    found = top.get("fieldsMatch")
    if found is None:
        return
    said = found.value if isinstance(found.value, list) else [found.value]  # the text and the profile disagree
    if said != [_FIELDS_MATCH]:
        raise found.wrong(
            f"fieldsMatch is {said[0] if said else said!r}", "leave it out: all fields must be there, others may"
        )


def _of_table(top: At, default: Mapping[str | None, Severity]) -> Iterator[Rule]:
    for key, kind in _OF_TABLE.items():
        if (found := top.get(key)) is not None:
            yield Rule(kind, None, found.count(), severity_at_end(found, kind, default))


def _field(place: At, name: str) -> ContractField:
    _refuse_unchecked(place, place.object("a field"))
    kind = place.get("type")
    said = "any" if kind is None else kind.text("a type")
    nulls = _nulls(place)
    return ContractField(name, said, read_as(place, name, said), nulls)


def _rules(place: At, field: ContractField, default: Mapping[str | None, Severity]) -> Iterator[Rule]:
    constraints = place.get("constraints")
    if constraints is None:
        return
    severities = {**default, **_severities(place.get(_SEVERITY)), **_severities(constraints.get(_SEVERITY))}
    for key in constraints.object("constraints"):
        at = constraints[key]
        if key == _SEVERITY:
            continue
        if key not in _CONSTRAINTS:
            raise at.wrong(f"{key} is no constraint", f"those are {', '.join(_CONSTRAINTS)}")
        kind, types = _CONSTRAINTS[key]
        if types is not None and field.type not in types:
            raise at.wrong(f"a column of the type {field.type} has no {key}", f"it is for {', '.join(sorted(types))}")
        if kind in {Kind.REQUIRED, Kind.UNIQUE} and not at.truth():
            continue
        key_of = Key((field.name,)) if kind is Kind.UNIQUE else None
        limits = drift_limits(at, field.type) if kind is Kind.DRIFT else ()
        severity = severity_at_end(at, kind, severities)
        yield Rule(kind, field.name, _value(at, kind, field, place), severity, key_of, limits)


def _value(at: At, kind: Kind, field: ContractField, place: At) -> Bound | tuple[Bound, ...]:
    if kind in {Kind.REQUIRED, Kind.UNIQUE, Kind.DRIFT}:
        return True
    if kind in {Kind.SHORTEST, Kind.LONGEST}:
        return at.count()
    if kind is Kind.MOST_NULLS:
        return at.share()
    if kind is Kind.PATTERN:
        pattern = at.text("a pattern")
        if (why := why_not(pattern)) is not None:
            raise at.wrong(f"the pattern {pattern[:60]!r} is not read as it is meant: {why}", "write it otherwise")
        return pattern
    if kind is Kind.ENUM:
        listed = at.list("values")
        if not 1 <= len(listed) <= _MOST_ENUM:
            raise at.wrong(f"it lists {len(listed):,} values", f"give 1 to {_MOST_ENUM:,}")
        return tuple(_bound(at[number], field, place) for number in range(len(listed)))
    return _bound(at, field, place)


def _bound(at: At, field: ContractField, place: At) -> Bound:
    form = place.get("format")
    try:
        return bound_of(at.value, field.type, "default" if form is None else form.text("a format"))
    except BadBound as error:
        raise at.wrong(str(error), f"give a value of the type {field.type}") from None


def _severities(found: At | None) -> dict[str | None, Severity]:
    """By the constraint they are for; None: all others."""
    if found is None:
        return {}
    if isinstance(found.value, dict):
        return {key: _severity(found[key]) for key in found.value}
    return {None: _severity(found)}


def _severity(at: At) -> Severity:
    try:
        return Severity(at.text("a severity"))
    except ValueError:
        raise at.wrong(f"{at.value!r} is no severity", "give error, reject or warn") from None


def severity_at_end(at: At, kind: Kind, said: Mapping[str | None, Severity]) -> Severity:
    """The severity of a rule; of what is known only once all rows are, no row can be set aside."""
    found = said.get(str(kind), said.get(None, Severity.ERROR))
    if found is Severity.REJECT and kind not in OF_ROWS:
        if str(kind) in said:
            raise at.wrong(f"{kind} is known only at the end, when no row can be set aside", "give error or warn")
        return Severity.ERROR
    return found


def _nulls(place: At) -> tuple[str, ...]:
    """Words for no value, the empty one aside, which always is one."""
    found = place.get("missingValues")
    if found is None:
        return ()
    words = []
    for number, value in enumerate(found.list("words for no value")):
        each = found[number]
        words.append((each["value"] if isinstance(value, dict) else each).text("a word"))
    if "" not in words:
        raise found.wrong("the empty cell is not among them", 'an empty cell always is no value here: add ""')
    return tuple(word for word in words if word)


def _marks(fields: list[At]) -> tuple[str | None, str | None]:
    """Decimal mark and mark of thousands of a CSV: one for all columns."""
    found: list[str | None] = []
    for key in ("decimalChar", "groupChar"):
        said = {mark.text("a mark"): mark for field in fields if (mark := field.get(key)) is not None}
        if len(said) > 1:
            raise list(said.values())[-1].wrong(f"columns have more than one {key}", "a file is read with one")
        found.append(next(iter(said), None))
    return found[0], found[1]
