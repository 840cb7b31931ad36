"""The grammar of data descriptions, read by Lark (which is loaded only where a copybook is)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.clauses import said_by
from etl_batch.layouts.copybook.entries import USAGES, Entry, place_in_words
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.labels import Meant
from etl_batch.layouts.toml_values import shown

if TYPE_CHECKING:
    from lark import Lark, Token

_GRAMMAR = r"""
start: entry*
entry: INTEGER subject? clause* DOT
subject: NAME | FILLER
?clause: PICTURE                                                                  -> picture
  | (USAGE IS?)? USED_AS                                                          -> usage
  | (SIGN IS?)? (LEADING | TRAILING) (SEPARATE CHARACTER?)?                       -> sign
  | OCCURS INTEGER (TO INTEGER)? TIMES? depending? (key | index)*                 -> occurs
  | REDEFINES NAME                                                                -> redefines
  | RENAMES qualified (THRU qualified)?                                           -> renames
  | SYNCHRONIZED (LEFT | RIGHT)?                                                  -> synchronized
  | JUSTIFIED RIGHT?                                                              -> justified
  | BLANK WHEN? ZERO                                                              -> blank
  | VALUE (IS | ARE)? value+                                                      -> value
  | IS? (EXTERNAL | GLOBAL)                                                       -> scope
depending: DEPENDING ON? qualified
qualified: NAME (OF NAME)*
key: (ASCENDING | DESCENDING) KEY? IS? NAME+
index: INDEXED BY? NAME+
value: literal (THRU literal)?
literal: STRING | NUMBER | INTEGER | ZERO | CONSTANT | ALL (STRING | ZERO | CONSTANT)

PICTURE.5: /PIC(TURE)?(?![\w:-])\s+(IS\s+)?\S+?(?=[.,;]?(\s|$))/i
STRING.4: /[XNGZ]?("([^"\n]|"")*"|'([^'\n]|'')*')/i
NUMBER.3: /[+-]?(\d+([.,]\d+)?|\.\d+)(?![\w:-])/
NAME.2: /(?=[0-9-]*[A-Za-z:])[A-Za-z0-9:][A-Za-z0-9_:-]*/
DOT: /\.(?=\s|$)/
%declare INTEGER
%ignore /\s+/
%ignore /[,;](?=\s|$)/
"""
_PLAIN = (
    "ALL", "ARE", "ASCENDING", "BLANK", "BY", "CHARACTER", "DEPENDING", "DESCENDING", "EXTERNAL", "FILLER", "GLOBAL",
    "INDEXED", "IS", "JUSTIFIED", "KEY", "LEADING", "LEFT", "OCCURS", "OF", "ON", "REDEFINES", "RENAMES", "RIGHT",
    "SEPARATE", "SIGN", "SYNCHRONIZED", "THRU", "TIMES", "TO", "TRAILING", "USAGE", "VALUE", "WHEN", "ZERO",
)  # fmt: skip
_WORDS = {
    **{word: word for word in _PLAIN},
    "IN": "OF", "JUST": "JUSTIFIED", "SYNC": "SYNCHRONIZED", "THROUGH": "THRU", "VALUES": "VALUE", "ZEROS": "ZERO",
    "ZEROES": "ZERO",
    **dict.fromkeys(("SPACE", "SPACES", "LOW-VALUE", "LOW-VALUES", "HIGH-VALUE", "HIGH-VALUES", "QUOTE", "QUOTES",
                     "NULL", "NULLS"), "CONSTANT"),
    **dict.fromkeys(USAGES, "USED_AS"),
}  # fmt: skip
_RENAMES, _CONDITION = 66, 88  #: levels without bytes
_LEVELS = {*range(1, 50), _RENAMES, 77, _CONDITION}
_PROGRAM = "this is a program: give the book of its record alone"
_OTHERS = {
    "EXEC": "EXEC takes in what no book holds: leave it out in a copy of the book",
    "REPLACE": "REPLACE changes what is behind it: change that itself in a copy of the book, or take it in with COPY "
    "... REPLACING",
    **dict.fromkeys(("FD", "SD", "IDENTIFICATION", "ID", "DATA", "PROCEDURE", "WORKING-STORAGE"), _PROGRAM),
}
MOST_NAME = 64  #: characters; COBOL has 30, or 60
MOST_WORDS = 40_000  #: a record of 10,000 items has as many


def read_entries(code: Code, where: str) -> tuple[Entry, ...]:
    """The entries of a book. Those without bytes are left out, what 88 levels mean is said of the item before them.

    Raises:
        CopybookInvalid: naming line, column, and what stands there.
    """
    entries: list[Entry] = []
    meanings: dict[int, list[tuple[str, str, tuple[Meant, ...]]]] = {}
    for tree in _trees(code, where):
        entry, condition, values = _entry(code, where, tree)
        if entry.level == _CONDITION and entries:
            meanings.setdefault(len(entries) - 1, []).append((entry.name, condition, values))
        elif entry.level not in {_RENAMES, _CONDITION}:
            entries.append(entry)
    return tuple(_with_meanings(entry, meanings.get(at, ())) for at, entry in enumerate(entries))


def _with_meanings(entry: Entry, meanings: Sequence[tuple[str, str, tuple[Meant, ...]]]) -> Entry:
    if not meanings:
        return entry
    words = tuple(f"{name}: {condition}" for name, condition, _ in meanings)
    return replace(entry, meanings=words, values=tuple({name: values for name, _, values in meanings}.items()))


def _trees(code: Code, where: str) -> list[Any]:
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

    try:
        return _parsed(code, where)
    except UnexpectedToken as error:
        token = error.token
        at = token.start_pos or 0
        if token.type == "$END":
            at, what = len(code.text.rstrip()), "the book ends within a sentence: a period is missing"
        else:
            what = _unexpected(str(token))
        raise _error(code, where, at, what) from None
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        found = code.text[at : at + 40].split(maxsplit=1)[0]
        raise _error(code, where, at, f"{shown(found)} is nothing of COBOL's") from None
    except UnexpectedInput as error:  # no other kind is known; none may reach a user
        raise _error(code, where, 0, str(error).splitlines()[0]) from None


def _parsed(code: Code, where: str) -> list[Any]:
    """What Lark makes of a book, token by token, so that one that is too long ends early."""
    parsing: Any = _parser().parse_interactive(code.text)
    for number, token in enumerate(parsing.iter_parse()):
        if number == MOST_WORDS:
            raise _error(code, where, token.start_pos or 0, f"the book has more than {MOST_WORDS:,} words")
    found: list[Any] = parsing.feed_eof().children
    return found


def _unexpected(word: str) -> str:
    return _OTHERS.get(word.upper()) or f"{shown(word[:40])} does not stand there in a data description"


def _error(code: Code, where: str, offset: int, what: str) -> CopybookInvalid:
    return CopybookInvalid(f"{place_in_words(code.book(offset) or where, *code.place(offset))}: {what}")


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(
        _GRAMMAR + "".join(f"%declare {name}\n" for name in sorted(set(_WORDS.values()))),
        parser="lalr",
        lexer="basic",
        lexer_callbacks={"NAME": _word, "NUMBER": _number},
    )


def _word(token: Token) -> Token:
    return token.update(type=_WORDS.get(token.upper(), "NAME"))


def _number(token: Token) -> Token:
    return token.update(type="INTEGER") if token.isdecimal() else token


def _entry(code: Code, where: str, tree: Any) -> tuple[Entry, str, tuple[Meant, ...]]:  # noqa: ANN401 - a Tree of Lark
    """An entry, and what it says that it stands for: in words, and value by value."""
    level, *clauses, _ = tree.children  # the period
    subject, first = "", level
    if clauses and clauses[0].data == "subject":
        first = clauses.pop(0).children[0]
        subject = str(first) if first.type == "NAME" else ""
    line, column = code.place(first.start_pos)
    bare = Entry(level=_level(level), name=subject, line=line, column=column, book=code.book(first.start_pos))
    if bare.level not in _LEVELS:
        raise bare.wrong(where, f"has level {shown(str(level)[:40])}; the levels are 01 to 49, 66, 77 and 88")
    if len(subject) > MOST_NAME:
        raise bare.wrong(where, f"has a name of {len(subject):,} characters; {MOST_NAME} is the most")
    said: dict[str, Any] = {}
    for key, value in (each for clause in clauses for each in _said(clause, bare, where)):
        if key in said:
            raise bare.wrong(where, f"has {key.replace('_', ' ').upper()} twice")
        said[key] = value
    condition, values = said.pop("value", ""), said.pop("values", ())
    return replace(bare, **said), condition, values


def _level(token: Token) -> int:
    return int(token) if len(token) <= 2 else 0


def _said(clause: Any, entry: Entry, where: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a Tree of Lark
    try:
        yield from said_by(clause).items()
    except ValueError as error:
        raise entry.wrong(where, str(error)) from None
