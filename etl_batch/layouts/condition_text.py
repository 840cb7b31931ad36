"""What a condition on records says, read from its text: `KIND = 'X'`, `KIND in ('X', 'Y') and not first`.

A value is a text in single quotes, a number, or the bytes as they are stored (`0xF1`). `and` binds before `or`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from etl_batch.layouts.conditions import (
    LENGTH,
    MOST_TERMS,
    AtEnd,
    Comparison,
    Condition,
    End,
    OfLength,
    Operator,
    Term,
    Value,
)

_MOST_CHARACTERS = 10_000
_MOST_DIGITS = 38
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<name>"(?:[^"]|"")*")
    | (?P<text>'(?:[^']|'')*')
    | (?P<bytes>0[xX][0-9A-Fa-f]*(?![\w-]))
    | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w-]))
    | (?P<word>[^\W_](?:[\w-]*\w)?|_[\w-]*)
    | (?P<sign>!=|<>|<=|>=|==|[=<>(),])
    )""",
    re.VERBOSE,
)
_OPERATORS = {one.value: one for one in Operator} | {"==": Operator.EQUAL, "<>": Operator.DIFFERENT}
_TRUTHS = {"true": Decimal(1), "false": Decimal(0)}
_Token = tuple[str, str]  # its kind, and what it says
_NOTHING: _Token = ("end", "")


def read_condition(text: str) -> Condition:
    """Read a condition.

    Args:
        text: as `str` of a condition writes it, or as a person does.

    Raises:
        ValueError: it is none, with what is wrong in words.
    """
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"it has {len(text):,} characters; {_MOST_CHARACTERS:,} are the most")
    reading = _Reading(_tokens(text))
    sets = [reading.set_of_terms()]
    while reading.met("word", "or"):
        sets.append(reading.set_of_terms())
    reading.refuse_more()
    if sum(map(len, sets)) > MOST_TERMS:
        raise ValueError(f"it has {sum(map(len, sets)):,} terms; {MOST_TERMS:,} are the most")
    return Condition(tuple(sets))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ValueError(f"{text[at:].strip()[:40]!r} is no part of a condition")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reading:
    """Goes through the tokens, one after another."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def set_of_terms(self) -> tuple[Term, ...]:
        """Terms with `and` between them."""
        terms = [self._term()]
        while self.met("word", "and"):
            terms.append(self._term())
        return tuple(dict.fromkeys(terms))

    def met(self, kind: str, said: str) -> bool:
        """Whether this comes next; if so it is passed."""
        found, text = self._next()
        if found != kind or text.lower() != said:
            return False
        self._at += 1
        return True

    def refuse_more(self) -> None:
        """Refuse what stands behind the condition."""
        if self._at < len(self._tokens):
            raise ValueError(f"{self._next()[1][:40]!r} follows where it should end, or go on with 'and' or 'or'")

    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _NOTHING

    def _taken(self) -> _Token:
        token = self._next()
        self._at += 1
        return token

    def _term(self) -> Term:
        is_so = not self.met("word", "not")
        kind, said = self._taken()
        word = said.lower() if kind == "word" else ""
        if word in {"first", "last"} and not self._is_compared():
            return AtEnd(End(word), is_so)
        if not is_so:
            raise ValueError("'not' stands before 'first', 'last' and 'in' alone; say != where a value is another one")
        if kind not in {"word", "name"} or word in {"and", "or", "in"}:
            raise ValueError(f"it begins with {said[:40]!r}, where the name of a field is wanted" if said else _ENDS)
        operator, values = self._compared(said)
        if word == LENGTH:
            return OfLength(operator, tuple(map(_length, values)))
        name = said[1:-1].replace('""', '"') if kind == "name" else said
        return Comparison(name, operator, values)

    def _is_compared(self) -> bool:
        kind, said = self._next()
        return said in _OPERATORS or (kind == "word" and said.lower() in {"in", "not"})

    def _compared(self, name: str) -> tuple[Operator, tuple[Value, ...]]:
        is_not = self.met("word", "not")
        if self.met("word", "in"):
            return (Operator.DIFFERENT if is_not else Operator.EQUAL), self._listed()
        kind, said = self._taken()
        if is_not or kind != "sign" or said not in _OPERATORS:
            signs = ", ".join(one.value for one in Operator)
            raise ValueError(f"behind {name[:40]} one of {signs}, in or not in is wanted" + _not(said))
        return _OPERATORS[said], (self._value(),)

    def _listed(self) -> tuple[Value, ...]:
        if not self.met("sign", "("):
            raise ValueError("behind 'in' a list in brackets is wanted, such as ('X', 'Y')")
        values = [self._value()]
        while self.met("sign", ","):
            values.append(self._value())
        if not self.met("sign", ")"):
            raise ValueError("a list of values does not end with a bracket")
        return tuple(dict.fromkeys(values))

    def _value(self) -> Value:
        kind, said = self._taken()
        if kind == "text":
            return said[1:-1].replace("''", "'")
        if kind == "number" and len(said) <= _MOST_DIGITS + 2:
            return Decimal(said)
        if kind == "bytes" and len(said) % 2 == 0 and len(said) > 2:
            return bytes.fromhex(said[2:])
        if kind == "word" and said.lower() in _TRUTHS:
            return _TRUTHS[said.lower()]
        raise ValueError("a value is a text such as 'X', a number, or bytes such as 0xF1F2" + _not(said))


_ENDS = "it ends where the name of a field is wanted"


def _not(said: str) -> str:
    return f", not {said[:40]!r}" if said else ""


def _length(value: Value) -> int:
    if not isinstance(value, Decimal) or value != int(value) or value < 0:
        raise ValueError("a length is a whole number of bytes")
    return int(value)
