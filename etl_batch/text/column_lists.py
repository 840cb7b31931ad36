"""Names of columns as they are typed: separated by commas, in quotes where one has a comma itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from etl_batch.errors import ConfigError

_QUOTED = r'"((?:[^"]|"")*)"'
#: compiled where a list is given: most starts have none
_NAME = rf'\s*(?:{_QUOTED}|([^,"][^,]*))\s*(,|\Z)'
_PAIR = rf'\s*(?:{_QUOTED}|([^,="][^,=]*))\s*=\s*(?:{_QUOTED}|([^,="][^,=]*))\s*(,|\Z)'
_NEEDS_QUOTES = frozenset(',="')

Pair = tuple[str, str]


def names_reader(flag: str) -> Callable[[str], tuple[str, ...]]:
    """What reads `A,B` or `"A, or B",C` as it is given to a flag; it raises ConfigError where a name is empty."""

    def read(given: str) -> tuple[str, ...]:
        found = _read(_NAME, given)
        if found is None:
            raise ConfigError(f"{flag} is {given!r}", mend=f"give names of columns: {flag} a,b or {flag} '\"a, b\",c'")
        return tuple(_name(*groups[:2]) for groups in found)

    return read


def pairs_reader(flag: str) -> Callable[[str], tuple[Pair, ...]]:
    """What reads `A=B,C=D` as it is given to a flag; it raises ConfigError where it is no such thing."""

    def read(given: str) -> tuple[Pair, ...]:
        found = _read(_PAIR, given)
        if found is None:
            raise ConfigError(
                f"{flag} is {given!r}", mend=f"give old and new names: {flag} a=b,c=d or {flag} '\"a=b\"=c'"
            )
        return tuple((_name(*groups[:2]), _name(*groups[2:4])) for groups in found)

    return read


def typed_columns(names: Iterable[str]) -> str:
    """Names as they can be typed."""
    return ",".join(map(_typed, names))


def typed_pairs(pairs: Iterable[Pair]) -> str:
    """Pairs of names as they can be typed."""
    return ",".join(f"{_typed(old)}={_typed(new)}" for old, new in pairs)


def _read(pattern: str, given: str) -> list[tuple[str | None, ...]] | None:
    """The groups of each item; None: it is no list of them."""
    compiled = re.compile(pattern)
    found, at = [], 0
    while True:
        item = compiled.match(given, at)
        if item is None:
            return None
        found.append(item.groups())
        if not item[compiled.groups]:
            return found
        at = item.end()


def _name(quoted: str | None, plain: str | None) -> str:
    return (plain or "").strip() if quoted is None else quoted.replace('""', '"')


def _typed(name: str) -> str:
    is_plain = name and name == name.strip() and not _NEEDS_QUOTES & {*name}
    return name if is_plain else '"' + name.replace('"', '""') + '"'
