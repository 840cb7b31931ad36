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

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from etl_batch.errors import WhereInvalid

MAX_CHARACTERS = 4096
MAX_DEPTH = 40  #: of parentheses and NOTs within each other
_LONGEST_EXPONENT = 400  #: decimal digits; beyond any float, and cheap to write out
_SHOWN_CHARACTERS = 60

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!\w))
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<word>[^\W\d]\w*)
      | (?P<mark><>|<=|>=|==|!=|[=<>(),+-])""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "null", "true", "false"})
_COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name."""

    name: str
    position: int  #: character of the expression, from 1


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; numbers are exact."""

    value: str | bool | Fraction
    position: int


Operand = Column | Literal


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value beside another."""

    operator: str  #: = != < <= > >=
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """`value in (...)`."""

    value: Operand
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """`column is null`."""

    value: Column


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """All parts joined by AND."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """All parts joined by OR."""

    parts: tuple[Condition, ...]


Condition = Comparison | OneOf | IsNull | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Where:
    """A condition that rows fulfil or not."""

    text: str
    condition: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, in the order in which it names them."""
        return tuple(dict.fromkeys(one.name for one in _operands(self.condition) if isinstance(one, Column)))

    def literals(self, column: str) -> set[type]:
        """Which kinds of constants a column is compared with: `str`, `bool`, `Fraction`."""
        found: set[type] = set()
        for group in _groups(self.condition):
            if any(isinstance(one, Column) and one.name == column for one in group):
                found |= {type(one.value) for one in group if isinstance(one, Literal)}
        return found


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


def refuse(position: int, problem: str) -> WhereInvalid:
    """The error for what stands at a character."""
    return WhereInvalid(f"--where, character {position}: {problem}")


def _groups(condition: Condition) -> Iterator[tuple[Operand, ...]]:
    """The operands that are compared with each other."""
    match condition:
        case Comparison():
            yield (condition.left, condition.right)
        case OneOf():
            yield (condition.value, *condition.options)
        case IsNull():
            yield (condition.value,)
        case Not():
            yield from _groups(condition.part)
        case Every() | Some():
            for part in condition.parts:
                yield from _groups(part)


def _operands(condition: Condition) -> Iterator[Operand]:
    for group in _groups(condition):
        yield from group


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  #: number, text, quoted, word, keyword, mark, end
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            unclosed = {"'": "a text that is never closed", '"': "a column name that is never closed"}
            raise refuse(at + 1, unclosed.get(text[at], f"{text[at : at + _SHOWN_CHARACTERS]!r} is not understood"))
        kind = str(found.lastgroup)
        if kind == "word" and found[0].lower() in _KEYWORDS:
            yield _Token("keyword", found[0].lower(), at + 1)
        elif kind != "space":
            yield _Token(kind, found[0], at + 1)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
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
            return Literal(sign * _number(number), token.position)
        self._at -= 1
        if number.text == "null":
            raise refuse(number.position, "nothing equals NULL; write IS NULL or IS NOT NULL")
        raise self._expected("a column, a number, or a 'text'")

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
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
        found = repr(token.text[:_SHOWN_CHARACTERS]) if token.kind != "end" else "the end"
        return refuse(token.position, f"{what} is expected, not {found}")


def _number(token: _Token) -> Fraction:
    exponent = re.search(r"[eE]([+-]?[0-9]+)", token.text)
    if exponent and (len(exponent[1]) > 5 or abs(int(exponent[1])) > _LONGEST_EXPONENT):
        raise refuse(token.position, f"the exponent {exponent[1][:_SHOWN_CHARACTERS]} is beyond any number here")
    return Fraction(token.text.rstrip(".") if exponent is None else token.text)
