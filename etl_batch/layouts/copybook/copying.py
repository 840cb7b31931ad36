"""COPY and EXEC SQL INCLUDE: other books put in the place of these sentences, with words replaced in them.

As IBM's Language Reference has it ("COPY statement"): text is compared word by word, in any case, and parentheses and
colons are words of their own, so that `:TAG:` is found in `:TAG:-NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.entries import place_in_words
from etl_batch.layouts.copybook.source import Code, code_of
from etl_batch.layouts.toml_values import shown
from etl_batch.light_dataclass import dataclass

#: a book by its name: its path for messages, and its text; None: there is none
Library = Callable[[str], tuple[str, str] | None]

_WORDS = re.compile(
    r"""\s+|==|"(?:[^"\n]|"")*"|'(?:[^'\n]|'')*'|(?:[^\s"'():=.,;]|[.,;](?!\s|$)|=(?!=))+|.""", re.DOTALL
)
_HAS_ANY = re.compile(r"\b(?:COPY|EXEC)\b", re.IGNORECASE)
_MOST_DEEP = 8
_MOST_BOOKS = 1_000
_MOST_CHARACTERS = 4_000_000  #: in all that is taken in
_MOST_CHANGES = 100  #: of one sentence
_PSEUDO = "=="
_ENDS = "END-EXEC"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a book, or the blanks between two, and where it stands."""

    text: str
    book: str
    line: int
    column: int

    @property
    def is_blank(self) -> bool:
        return self.text.isspace() or self.text in {",", ";"}


@dataclass(frozen=True, slots=True)
class _Change:
    """What is replaced, and by what."""

    old: list[str]  #: without blanks, in capitals
    new: tuple[_Word, ...]
    part: str  #: LEADING or TRAILING, of a word; empty: whole words


def whole_code(text: str, where: str, library: Library | None = None) -> Code:
    """The code of a book, and of all others that it takes in.

    Args:
        text: of the book.
        where: its path, for messages.
        library: where others are found; None: nowhere.

    Raises:
        CopybookInvalid: there is no such book, or what is said of it is wrong.
    """
    code = code_of(text, where)
    if not _HAS_ANY.search(code.text):
        return code
    words = _Copying(where, library).expanded(list(_words(code, "")), 0)
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word.text)
    return Code(
        "".join(word.text for word in words),
        tuple(starts),
        tuple((word.line, word.column) for word in words),
        tuple(word.book for word in words),
    )


def _words(code: Code, book: str) -> Iterator[_Word]:
    for found in _WORDS.finditer(code.text):
        yield _Word(found[0], book, *code.place(found.start()))


class _Copying:
    def __init__(self, where: str, library: Library | None) -> None:
        self._where = where
        self._library = library
        self._taken_in = 0  #: books
        self._characters = 0

    def expanded(self, words: list[_Word], depth: int) -> list[_Word]:
        """The words with others in the place of those that take them in."""
        made: list[_Word] = []
        at = 0
        while at < len(words):
            word = words[at]
            match word.text.upper():
                case "COPY":
                    sentence, at = self._sentence(words, at)
                    made += self._copied(word, sentence, depth)
                case "EXEC":
                    sentence, at = self._executed(words, at)
                    made += self._included(word, sentence, depth)
                case _:
                    made.append(word)
                    at += 1
        return made

    def _sentence(self, words: list[_Word], start: int) -> tuple[list[_Word], int]:
        """The words of a sentence without blanks outside of pseudo-text, and where what follows it begins."""
        found: list[_Word] = []
        is_inside = False
        for at in range(start + 1, len(words)):
            word = words[at]
            if word.text == _PSEUDO:
                is_inside = not is_inside
            if word.text == "." and not is_inside:
                return found, at + 1
            if is_inside or not word.is_blank:
                found.append(word)
        raise self._wrong(words[start], "COPY takes in another book, and the sentence has no period")

    def _executed(self, words: list[_Word], start: int) -> tuple[list[_Word], int]:
        found: list[_Word] = []
        for at in range(start + 1, len(words)):
            if words[at].text.upper() == _ENDS:
                behind = next((n for n in range(at + 1, len(words)) if not words[n].is_blank), len(words))
                has_period = behind < len(words) and words[behind].text == "."
                return found, behind + 1 if has_period else at + 1
            if not words[at].is_blank:
                found.append(words[at])
        raise self._wrong(words[start], f"EXEC has no {_ENDS}")

    def _included(self, begins: _Word, sentence: list[_Word], depth: int) -> list[_Word]:
        """What EXEC SQL INCLUDE takes in. A table that EXEC SQL DECLARE describes is no data."""
        said = [word.text.upper() for word in sentence[:2]]
        if said == ["SQL", "DECLARE"]:
            return []
        if said != ["SQL", "INCLUDE"] or len(sentence) != 3:
            raise self._wrong(begins, f"EXEC {shown(' '.join(said))[1:-1]} is nothing that describes data")
        return self._taken(sentence[2], (), depth)

    def _copied(self, begins: _Word, sentence: list[_Word], depth: int) -> list[_Word]:
        if not sentence:
            raise self._wrong(begins, "COPY names no book")
        name, *rest = sentence
        if rest and rest[0].text.upper() in {"OF", "IN"}:
            rest = rest[2:]
        if rest and rest[0].text.upper() == "SUPPRESS":
            rest = rest[1:]
        changes: list[_Change] = []
        if rest:
            if rest[0].text.upper() != "REPLACING" or len(rest) == 1:
                raise self._wrong(rest[0], f"{shown(rest[0].text[:40])} does not stand there in a COPY sentence")
            changes = list(islice(self._changes(rest[0], rest[1:]), _MOST_CHANGES + 1))
            if len(changes) > _MOST_CHANGES:
                raise self._wrong(begins, f"COPY replaces more than {_MOST_CHANGES} texts")
        return self._taken(name, changes, depth)

    def _changes(self, begins: _Word, words: list[_Word]) -> Iterator[_Change]:
        rest = words
        while rest:
            part = ""
            if rest[0].text.upper() in {"LEADING", "TRAILING"} and len(rest) > 1:
                part, rest = rest[0].text.upper(), rest[1:]
            old, rest = self._operand(begins, rest)
            if not rest or rest[0].text.upper() != "BY" or not old or (part and len(old) > 1):
                raise self._wrong(begins, "REPLACING has what is replaced, BY, and what takes its place")
            new, rest = self._operand(begins, rest[1:])
            yield _Change([word.text.upper() for word in old if not word.is_blank], tuple(new), part)

    def _operand(self, begins: _Word, words: list[_Word]) -> tuple[list[_Word], list[_Word]]:
        """A word, or a pseudo-text without the blanks around it, and what follows."""
        if not words or words[0].text != _PSEUDO:
            return words[:1], words[1:]
        end = next((at for at, word in enumerate(words) if at and word.text == _PSEUDO), None)
        if end is None:
            raise self._wrong(begins, f"{_PSEUDO} has no second one")
        inside = words[1:end]
        while inside and inside[0].is_blank:
            inside = inside[1:]
        while inside and inside[-1].is_blank:
            inside = inside[:-1]
        return inside, words[end + 1 :]

    def _taken(self, name: _Word, changes: Sequence[_Change], depth: int) -> list[_Word]:
        called = name.text.strip("\"'")
        if depth == _MOST_DEEP:
            raise self._wrong(name, f"book {shown(called[:64])} is the {_MOST_DEEP + 1}th within another")
        found = self._library(called) if self._library is not None else None
        if found is None:
            raise self._wrong(
                name,
                f"the book {shown(called[:64])} is taken in, and "
                + ("does not lie beside this one" if self._library is not None else "not known here"),
                "put it beside this one, named so or with .cpy behind it, or put its text in the place of the sentence",
            )
        where, text = found
        self._taken_in += 1
        if self._taken_in > _MOST_BOOKS:
            raise self._wrong(name, f"more than {_MOST_BOOKS:,} books are taken in")
        words = self.expanded(self._counted(name, _words(code_of(text, where), where)), depth + 1)
        if changes:
            words = self._counted(name, _replaced(words, changes))
        return [_Word("\n", name.book, name.line, name.column), *words]

    def _counted(self, name: _Word, words: Iterator[_Word]) -> list[_Word]:
        """All of the words, unless they become too many."""
        found: list[_Word] = []
        for word in words:
            found.append(word)
            self._characters += len(word.text)
            if self._characters > _MOST_CHARACTERS:
                raise self._wrong(name, f"what is taken in has more than {_MOST_CHARACTERS:,} characters")
        return found

    def _wrong(self, word: _Word, what: str, mend: str | None = None) -> CopybookInvalid:
        return CopybookInvalid(f"{place_in_words(word.book or self._where, word.line, word.column)}: {what}", mend=mend)


def _replaced(words: list[_Word], changes: Sequence[_Change]) -> Iterator[_Word]:
    """The words with those changed that are meant, whatever blanks stand between them."""
    places = [at for at, word in enumerate(words) if not word.is_blank]
    said = [words[at].text.upper() for at in places]
    at = number = 0  #: the next word, and the how-manieth it is that is not blank
    while at < len(words):
        word = words[at]
        if word.is_blank:
            yield word
            at += 1
            continue
        new, count = next(filter(None, (_changed(word, said, number, change) for change in changes)), ((word,), 1))
        yield from (_Word(each.text, word.book, word.line, word.column) for each in new)
        number += count
        at = places[number - 1] + 1


def _changed(word: _Word, said: list[str], number: int, change: _Change) -> tuple[Sequence[_Word], int] | None:
    """What takes the place of a word, or of several from it on, and of how many; None: they are not meant."""
    if change.part:
        new = _in_part(word, change)
        return None if new is None else ((new,), 1)
    return (change.new, len(change.old)) if said[number : number + len(change.old)] == change.old else None


def _in_part(word: _Word, change: _Change) -> _Word | None:
    old, new = change.old[0], "".join(each.text for each in change.new)
    is_leading = change.part == "LEADING"
    has = word.text.upper().startswith if is_leading else word.text.upper().endswith
    if not has(old):
        return None
    rest = word.text[len(old) :] if is_leading else word.text[: -len(old)]
    return _Word(new + rest if is_leading else rest + new, word.book, word.line, word.column)
