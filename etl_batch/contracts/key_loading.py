"""The keys of a Table Schema as rules: primary, unique and foreign ones. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from etl_batch.contracts.contract import Key, Kind, Rule, Severity
from etl_batch.contracts.json_place import At

MOST_KEYS, _MOST_COLUMNS = 100, 16
_LONGEST_PATH = 1000  #: characters

SeverityOf = Callable[[At, Kind], Severity]


def key_rules(top: At, names: AbstractSet[str], rules: Sequence[Rule], severity_of: SeverityOf) -> list[Rule]:
    """The rules that keys make, of the schema as a whole.

    Args:
        top: the schema.
        names: of its columns.
        rules: those of its columns, `unique` among them.
        severity_of: of a kind, said at a place.

    Raises:
        Wrong: a key that is none, or there are too many.
    """
    found = [*_primary(top, names, rules, severity_of), *_unique(top, names, severity_of)]
    found += _foreign(top, names, severity_of)
    keys = sum(rule.key is not None for rule in (*rules, *found))
    if keys > MOST_KEYS:
        raise top.wrong(f"it has {keys:,} keys, those of unique columns among them", f"give {MOST_KEYS} at most")
    return found


def _primary(top: At, names: AbstractSet[str], rules: Sequence[Rule], severity_of: SeverityOf) -> Iterator[Rule]:
    """A primary key is unique, and in none of its columns a value is missing."""
    at = top.get(str(Kind.PRIMARY_KEY))
    if at is None:
        return
    columns = _columns(at, names)
    there = {rule.column for rule in rules if rule.kind is Kind.REQUIRED}
    for name in columns:
        if name not in there:
            yield Rule(Kind.REQUIRED, name, True, severity_of(at, Kind.REQUIRED))
    yield Rule(Kind.PRIMARY_KEY, None, True, severity_of(at, Kind.PRIMARY_KEY), Key(columns))


def _unique(top: At, names: AbstractSet[str], severity_of: SeverityOf) -> Iterator[Rule]:
    for each in _listed(top, Kind.UNIQUE_KEY):
        yield Rule(Kind.UNIQUE_KEY, None, True, severity_of(each, Kind.UNIQUE_KEY), Key(_columns(each, names)))


def _foreign(top: At, names: AbstractSet[str], severity_of: SeverityOf) -> Iterator[Rule]:
    for each in _listed(top, Kind.FOREIGN_KEY):
        each.object("a foreign key")
        columns, reference = _columns(each["fields"], names), each["reference"]
        reference.object("what it refers to")
        resource = _resource(reference)
        referred = _columns(reference["fields"], names if resource is None else None)
        if len(referred) != len(columns):
            raise each.wrong(f"{len(columns)} columns refer to {len(referred)}", "name as many on both sides")
        yield Rule(Kind.FOREIGN_KEY, None, True, severity_of(each, Kind.FOREIGN_KEY), Key(columns, referred, resource))


def _resource(reference: At) -> str | None:
    """The file that is referred to; None: the rows themselves, which version 1 wrote as an empty text."""
    at = reference.get("resource")
    if at is None or not at.text("a file"):
        return None
    text = at.text("a file")
    if len(text) > _LONGEST_PATH or "\0" in text or not PurePosixPath(text).name:
        raise at.wrong(f"{text[:60]!r} is no file", "name a file beside the contract, such as customers.csv")
    return text


def _listed(top: At, kind: Kind) -> list[At]:
    at = top.get(str(kind))
    return [] if at is None else [at[number] for number in range(len(at.list("keys")))]


def _columns(at: At, names: Collection[str] | None) -> tuple[str, ...]:
    """One name, or a list of them."""
    places = [at] if isinstance(at.value, str) else [at[number] for number in range(len(at.list("columns")))]
    if not 1 <= len(places) <= _MOST_COLUMNS:
        raise at.wrong(f"it has {len(places):,} columns", f"give 1 to {_MOST_COLUMNS}")
    found = tuple(place.text("the name of a column") for place in places)
    for place, name in zip(places, found, strict=True):
        if names is not None and name not in names:
            raise place.wrong(f"{name[:60]!r} is none of its fields", "name one of its fields")
    if len(set(found)) < len(found):
        raise at.wrong("it names a column twice", "name each once")
    return found
