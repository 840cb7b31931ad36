"""The text of a condition of `--where` as tokens: names, texts, numbers, keywords, marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from etl_batch.estimate.where_conditions import refuse
from etl_batch.light_dataclass import dataclass

SHOWN_CHARACTERS = 60  #: of what is not understood
_LONGEST_EXPONENT = 400  #: decimal digits; beyond any float, and cheap to write out

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


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark or a constant of a condition."""

    kind: str  #: number, text, quoted, word, keyword, mark, end
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a condition, an `end` behind them.

    Raises:
        WhereInvalid: at a character that begins none.
    """
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            unclosed = {"'": "a text that is never closed", '"': "a column name that is never closed"}
            raise refuse(at + 1, unclosed.get(text[at], f"{text[at : at + SHOWN_CHARACTERS]!r} is not understood"))
        kind = str(found.lastgroup)
        if kind == "word" and found[0].lower() in _KEYWORDS:
            yield Token("keyword", found[0].lower(), at + 1)
        elif kind != "space":
            yield Token(kind, found[0], at + 1)
        at = found.end()
    yield Token("end", "", len(text) + 1)


def number_of(token: Token) -> Fraction:
    """The number that a token names, exactly.

    Raises:
        WhereInvalid: it is beyond any number here.
    """
    exponent = re.search(r"[eE]([+-]?[0-9]+)", token.text)
    if exponent and (len(exponent[1]) > 5 or abs(int(exponent[1])) > _LONGEST_EXPONENT):
        raise refuse(token.position, f"the exponent {exponent[1][:SHOWN_CHARACTERS]} is beyond any number here")
    return Fraction(token.text.rstrip(".") if exponent is None else token.text)
