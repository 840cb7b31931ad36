"""Conditions on records: `KIND = 'X' and SIZE in (1, 2) or length = 80`. Read by `condition_text`, written back here.

A condition is some sets of terms: it holds where all terms of one of the sets do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from itertools import groupby, product

from etl_batch.light_dataclass import dataclass

MOST_TERMS = 1_000  #: of what is made of conditions by putting them together
Value = str | Decimal | bytes  #: a text, a number, or the bytes as they are stored


class Operator(Enum):
    """How a value is compared."""

    EQUAL = "="
    DIFFERENT = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    MORE = ">"
    MORE_OR_EQUAL = ">="

    @property
    def opposite(self) -> Operator:
        """What holds where this one does not."""
        return _OPPOSITES[self]


_OPPOSITES = {
    Operator.EQUAL: Operator.DIFFERENT, Operator.DIFFERENT: Operator.EQUAL,
    Operator.LESS: Operator.MORE_OR_EQUAL, Operator.MORE_OR_EQUAL: Operator.LESS,
    Operator.MORE: Operator.LESS_OR_EQUAL, Operator.LESS_OR_EQUAL: Operator.MORE,
}  # fmt: skip


class End(Enum):
    """A record by its place in the file."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value, or found among several; DIFFERENT: it is none of them."""

    name: str
    operator: Operator
    values: tuple[Value, ...]

    @property
    def opposite(self) -> Comparison:
        """What holds where this does not."""
        return Comparison(self.name, self.operator.opposite, self.values)

    def __str__(self) -> str:
        return f"{_name_text(self.name)} {_compared(self.operator, [value_text(value) for value in self.values])}"


@dataclass(frozen=True, slots=True)
class OfLength:
    """How long the record is, in bytes."""

    operator: Operator
    lengths: tuple[int, ...]

    @property
    def opposite(self) -> OfLength:
        """What holds where this does not."""
        return OfLength(self.operator.opposite, self.lengths)

    def __str__(self) -> str:
        return f"{LENGTH} {_compared(self.operator, [str(length) for length in self.lengths])}"


@dataclass(frozen=True, slots=True)
class AtEnd:
    """Whether the record is the first of its file, or the last."""

    end: End
    is_so: bool = True

    @property
    def opposite(self) -> AtEnd:
        """What holds where this does not."""
        return AtEnd(self.end, not self.is_so)

    def __str__(self) -> str:
        return self.end.value if self.is_so else f"not {self.end.value}"


Term = Comparison | OfLength | AtEnd
LENGTH = "length"
#: words that are no names of fields, unless these stand in quotes
WORDS = frozenset({LENGTH, "first", "last", "in", "not", "and", "or", "true", "false"})
_PLAIN_NAME = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Condition:
    """It holds where all terms of one of the sets hold."""

    any_of: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> Iterator[Term]:
        """All of them."""
        for terms in self.any_of:
            yield from terms

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it is about, each once."""
        return tuple(dict.fromkeys(term.name for term in self.terms if isinstance(term, Comparison)))

    def __str__(self) -> str:
        """As `read_condition` reads it."""
        return " or ".join(" and ".join(map(str, terms)) for terms in self.any_of)

    def opposite(self) -> Condition:
        """What holds where this does not.

        Raises:
            ValueError: it has too many terms.
        """
        return all_of([Condition(tuple((term.opposite,) for term in terms)) for terms in self.any_of])


def all_of(conditions: list[Condition]) -> Condition:
    """What holds where each of some conditions does.

    Raises:
        ValueError: it has too many terms.
    """
    made: list[tuple[Term, ...]] = [()]
    for condition in conditions:
        count = sum(len(one) + len(other) for one in made for other in condition.any_of)
        if count > MOST_TERMS:
            raise ValueError(f"{MOST_TERMS:,} terms are the most of what conditions come to together")
        made = [_joined(one + other) for one, other in product(made, condition.any_of)]
    return Condition(tuple(dict.fromkeys(made)))


def _joined(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The same, what a field is not to be said at once, nothing twice."""
    joined: list[Term] = []
    for key, each in groupby(dict.fromkeys(terms), lambda term: _is_not(term) or term):
        alike = list(each)
        if isinstance(key, str):
            values = [value for term in alike if isinstance(term, Comparison) for value in term.values]
            joined.append(Comparison(key, Operator.DIFFERENT, tuple(dict.fromkeys(values))))
        else:
            joined += alike
    return tuple(joined)


def _is_not(term: Term) -> str | None:
    """The field of which a term says what it is not."""
    return term.name if isinstance(term, Comparison) and term.operator is Operator.DIFFERENT else None


def value_text(value: Value) -> str:
    """A value as conditions have it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"0x{value.hex()}" if isinstance(value, bytes) else format(value, "f")


def _compared(operator: Operator, values: list[str]) -> str:
    if len(values) == 1:
        return f"{operator.value} {values[0]}"
    return f"{'in' if operator is Operator.EQUAL else 'not in'} ({', '.join(values)})"


def _name_text(name: str) -> str:
    plain = _PLAIN_NAME.fullmatch(name) and name.lower() not in WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
