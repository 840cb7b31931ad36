"""`--where`: a small expression over columns, from text to a tree. Nothing in it is ever run as code.

    condition  := all { OR all }              all   := one { AND one }
    one        := NOT one | ( condition ) | value test
    test       := = == != <> < <= > >= value | [NOT] IN ( literal, ... ) | [NOT] BETWEEN value AND value
                | IS [NOT] NULL
    value      := column | "column" | 'text' | number | TRUE | FALSE

Parsed by hand, by recursive descent: a parser of all of SQL would be one more package that takes its time to load, and
knows far more than may be allowed here.
"""

from __future__ import annotations

from etl_batch.errors import WhereInvalid
from etl_batch.estimate.where_conditions import (
    Column,
    Comparison,
    Condition,
    Every,
    IsNull,
    Literal,
    Not,
    OneOf,
    Operand,
    Some,
    Where,
    refuse,
)
from etl_batch.estimate.where_tokens import SHOWN_CHARACTERS, Token, number_of, tokens

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "Column",
    "Comparison",
    "Condition",
    "Every",
    "IsNull",
    "Literal",
    "Not",
    "OneOf",
    "Operand",
    "Some",
    "Where",
    "parse_where",
    "refuse",
]

MAX_CHARACTERS = 4096
MAX_DEPTH = 40  #: of parentheses and NOTs within each other
_COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def parse_where(text: str) -> Where:
    """Read a condition.

    Raises:
        WhereInvalid: saying at which character.
    """
    try:
        text.encode()
    except UnicodeError:
        raise WhereInvalid("--where holds bytes that are no text in UTF-8") from None
    if len(text) > MAX_CHARACTERS:
        raise WhereInvalid(f"--where has {len(text)} characters; {MAX_CHARACTERS} is the most")
    return Where(text, _Parser(text).whole())


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._condition()
        if self._next.kind != "end":
            raise self._expected("AND, OR or the end")
        return condition

    def _condition(self) -> Condition:
        parts = [self._all()]
        while self._took("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._took("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refuse(self._next.position, f"parentheses and NOTs are nested deeper than {MAX_DEPTH}")
        condition: Condition
        if self._took("not"):
            condition = Not(self._one())
        elif self._took("("):
            condition = self._condition()
            self._need(")")
        else:
            condition = self._test()
        self._depth -= 1
        return condition

    def _test(self) -> Condition:
        value = self._operand()
        if self._next.text in _COMPARISONS and self._next.kind == "mark":
            operator = _COMPARISONS[self._take().text]
            return self._compared(operator, value, self._operand())
        if self._took("is"):
            negated = self._took("not")
            self._need("null")
            if not isinstance(value, Column):
                raise refuse(value.position, "IS NULL needs a column before it")
            return Not(IsNull(value)) if negated else IsNull(value)
        negated = self._took("not")
        if self._took("in"):
            condition: Condition = self._one_of(value)
        elif self._took("between"):
            low = self._operand()
            self._need("and")
            high = self._operand()
            condition = Every((self._compared(">=", value, low), self._compared("<=", value, high)))
        else:
            raise self._expected("IN or BETWEEN" if negated else "a comparison such as = or <, IN, BETWEEN or IS NULL")
        return Not(condition) if negated else condition

    @staticmethod
    def _compared(operator: str, left: Operand, right: Operand) -> Comparison:
        if isinstance(left, Literal) and isinstance(right, Literal):
            raise refuse(left.position, "two constants are compared; one side must be a column")
        return Comparison(operator, left, right)

    def _one_of(self, value: Operand) -> OneOf:
        if not isinstance(value, Column):
            raise refuse(value.position, "IN needs a column before it")
        self._need("(")
        options: list[Literal] = []
        while not options or self._took(","):
            option = self._operand()
            if isinstance(option, Column):
                raise refuse(option.position, f"IN takes constants, and {option.name!r} is a column's name")
            options.append(option)
        self._need(")")
        return OneOf(value, tuple(options))

    def _operand(self) -> Operand:
        token = self._take()
        if token.kind == "word":
            return Column(token.text, token.position)
        if token.kind == "quoted":
            return Column(token.text[1:-1].replace('""', '"'), token.position)
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"), token.position)
        if token.text in {"true", "false"} and token.kind == "keyword":
            return Literal(token.text == "true", token.position)
        sign = -1 if token.text == "-" else 1
        number = self._take() if token.text in {"-", "+"} and token.kind == "mark" else token
        if number.kind == "number":
            return Literal(sign * number_of(number), token.position)
        self._at -= 1
        if number.text == "null":
            raise refuse(number.position, "nothing equals NULL; write IS NULL or IS NOT NULL")
        raise self._expected("a column, a number, or a 'text'")

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        if token.kind == "end":
            raise self._expected("a column, a number, or a 'text'")
        self._at += 1
        return token

    def _took(self, what: str) -> bool:
        """Whether the next token is this keyword or mark; then it is behind us."""
        found = self._next.text == what and self._next.kind in {"keyword", "mark"}
        self._at += found
        return found

    def _need(self, what: str) -> None:
        if not self._took(what):
            raise self._expected(what.upper())

    def _expected(self, what: str) -> WhereInvalid:
        token = self._next
        found = repr(token.text[:SHOWN_CHARACTERS]) if token.kind != "end" else "the end"
        return refuse(token.position, f"{what} is expected, not {found}")
