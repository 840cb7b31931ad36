"""What each clause of a data description says, from the words that Lark found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from etl_batch.layouts.copybook.entries import USAGES, Sign
from etl_batch.layouts.copybook.picture import read_picture
from etl_batch.layouts.labels import Meant
from etl_batch.layouts.toml_values import shown

if TYPE_CHECKING:
    from lark import Token

_MOST_TIMES = 10**9  #: beyond any record
_MOST_DIGITS = 18
_SHOWN_WORDS = 20  #: of what an 88 level stands for


def said_by(clause: Any) -> dict[str, Any]:  # noqa: ANN401 - a Tree of Lark
    """The fields of an `Entry` that a clause settles, and `value`: what a VALUE clause names, in words.

    Raises:
        ValueError: with what is wrong with it, in words.
    """
    read = _CLAUSES.get(clause.data)
    return {} if read is None else read(_tokens(clause))


def _tokens(tree: Any) -> list[Token]:  # noqa: ANN401
    return list(tree.scan_values(lambda _: True))


def _picture(words: list[Token]) -> dict[str, Any]:
    text = words[0].split()[-1]
    try:
        return {"picture": read_picture(text), "pictured": text.upper()}
    except ValueError as error:
        raise ValueError(f"has PICTURE {shown(text[:60])}: {error}") from None


def _sign(words: list[Token]) -> dict[str, Any]:
    kinds = {word.type for word in words}
    return {"sign": Sign("LEADING" in kinds, "SEPARATE" in kinds)}


def _occurs(words: list[Token]) -> dict[str, Any]:
    counts = [_count(word) for word in words if word.type == "INTEGER"]
    after = next((at for at, word in enumerate(words) if word.type == "DEPENDING"), len(words))
    name = next((str(word) for word in words[after:] if word.type == "NAME"), "")
    if not counts[-1]:
        raise ValueError("occurs no time")
    said = {"occurs": counts[-1], "depending_on": name, "repeated": True}
    if len(counts) == 1:
        return said
    if not name:
        raise ValueError(f"occurs {counts[0]:,} to {counts[1]:,} times DEPENDING ON what is not said")
    if counts[0] > counts[1]:
        raise ValueError(f"occurs {counts[0]:,} to {counts[1]:,} times, from more to fewer")
    return said | {"occurs_least": counts[0]}


def _count(word: Token) -> int:
    digits = word.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else _MOST_TIMES


def _value(words: list[Token]) -> dict[str, Any]:
    named = [word for word in words if word.type not in {"VALUE", "IS", "ARE"}]
    text = " ".join(named[:_SHOWN_WORDS]) + (" ..." if len(named) > _SHOWN_WORDS else "")
    return {"value": text, "values": tuple(_meant([word for word in named if word.type != "ALL"]))}


def _meant(words: list[Token]) -> Iterator[Meant]:
    """The values that are named, two with THRU between them as a range."""
    at = 0
    while at < len(words):
        if at + 2 < len(words) and words[at + 1].type == "THRU":
            yield _literal(words[at]), _literal(words[at + 2])
            at += 3
        else:
            yield _literal(words[at])
            at += 1


def _literal(word: Token) -> str:
    """A literal as the text of its value; what is none stays a word, such as LOW-VALUES."""
    if word.type == "ZERO":
        return "0"
    if word.type != "STRING":
        return "" if word.upper() in {"SPACE", "SPACES"} else str(word).replace(",", ".")
    mark = word[-1]
    if word[0] in "XxNnGgZz" and word[0] != mark:
        return str(word)
    return word[1:-1].replace(mark * 2, mark)


_CLAUSES: dict[str, Callable[[list[Token]], dict[str, Any]]] = {
    "picture": _picture,
    "usage": lambda words: {"usage": USAGES[words[-1].upper()]},
    "sign": _sign,
    "occurs": _occurs,
    "redefines": lambda words: {"redefines": str(words[-1])},
    "synchronized": lambda _: {"synchronized": True},
    "blank": lambda _: {"blank_when_zero": True},
    "value": _value,
}
