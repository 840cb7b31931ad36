"""The words of a Stata dictionary: what stands between its braces, each word with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from etl_batch.errors import DictionaryInvalid
from etl_batch.layouts.toml_values import shown
from etl_batch.light_dataclass import dataclass

_BEGINS = re.compile(r"^[ \t]*(?:(infile|infix)[ \t]+)?dictionary\b", re.IGNORECASE | re.MULTILINE)
_USING = re.compile(r'\s*(?:using\s+(?:`"[^"\n]*"\'|"[^"\n]*"|[^\s{"]+)\s*)?\{', re.IGNORECASE)
_WORD = re.compile(
    r"""(?P<COMMENT>^[ \t]*\*[^\n]*)|(?P<BLANK>\n|[^\S\n]+)|(?P<NAME>[^\W\d]\w*)|(?P<NUMBER>\d+)"""
    r"""|(?P<FORMAT>%-?[\w.]+)|(?P<STRING>`"[^\n]*?"'|"[^"\n]*")|(?P<SIGN>[-:/(){}])""",
    re.MULTILINE,
)
MOST_WORDS = 200_000  #: ten thousand columns have half as many
_LONGEST_NUMBER = 7  #: digits
_LOOKED_AT = 20_000  #: characters that tell whether it is one
END = "END"  #: the kind of the word behind the last


@dataclass(frozen=True, slots=True)
class Word:
    """One word."""

    kind: str  #: NAME, NUMBER, FORMAT, STRING, SIGN or END
    text: str
    where: str  #: the path of the dictionary
    line: int  #: from 1
    column: int

    @property
    def at(self) -> str:
        """The file, line and column, for messages."""
        return place_in_words(self.where, self.line, self.column)

    @property
    def number(self) -> int:
        """Of a NUMBER; -1: it has more digits than any place in a line."""
        return int(self.text) if len(self.text) <= _LONGEST_NUMBER else -1

    @property
    def label(self) -> str:
        """Of a STRING: what stands between its quotes."""
        return self.text[2:-2] if self.text.startswith("`") else self.text[1:-1]

    def wrong(self, what: str, mend: str | None = None) -> DictionaryInvalid:
        """The error that says what is wrong there."""
        return DictionaryInvalid(f"{self.at}: {what}", mend=mend)

    def unexpected(self, wanted: str) -> DictionaryInvalid:
        """The error that says what should stand there."""
        if self.kind == END:
            return self.wrong(f"the dictionary ends where {wanted} should stand")
        return self.wrong(f"{shown(self.text[:40])} stands where {wanted} should")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary: of which kind it is, and its words."""

    where: str
    is_infix: bool
    words: tuple[Word, ...]
    has_more: bool  #: whether something stands behind its closing brace


class Cursor:
    """Words, taken one after another."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._words = dictionary.words
        self._at = 0

    @property
    def word(self) -> Word:
        """The next one."""
        return self._words[self._at]

    @property
    def follows(self) -> Word:
        """The one behind it; the last one, where there is none."""
        return self._words[min(self._at + 1, len(self._words) - 1)]

    @property
    def is_at_end(self) -> bool:
        """Whether all are taken."""
        return self.word.kind == END

    def take(self, kind: str, wanted: str) -> Word:
        """The next one, which is to be of this kind.

        Raises:
            DictionaryInvalid: it is not; `wanted` says what should stand there.
        """
        word = self.word
        if word.kind != kind:
            raise word.unexpected(wanted)
        self._at += 1
        return word

    def takes(self, sign: str) -> bool:
        """Whether the next one is this sign, which is taken then."""
        found = self.word.text == sign and self.word.kind == "SIGN"
        self._at += found
        return found


def place_in_words(where: str, line: int, column: int) -> str:
    """A place in a description, for messages."""
    return f"{where}, line {line}, column {column}"


def is_stata_dictionary(text: str) -> bool:
    """Whether a text is a dictionary of Stata, by its first words."""
    return _BEGINS.search(text, 0, _LOOKED_AT) is not None


def words_of(text: str, where: str) -> Dictionary:
    """The words between the braces.

    Args:
        text: of the file.
        where: its path, for messages.

    Raises:
        DictionaryInvalid: there are no braces, or something stands there that is no word of Stata's.
    """
    begins = _BEGINS.search(text)
    if begins is None:
        raise DictionaryInvalid(f"{where} has no line that begins with dictionary, or with infile or infix before it")
    places = _Places(text, where)
    opened = _USING.match(text, begins.end())
    if opened is None:
        raise places.word(begins.end()).wrong("a { must follow, or using, a file and a {")
    words: list[Word] = []
    for word, end in _words(text, opened.end(), places):
        if word.text == "}":
            is_infix = (begins[1] or "").lower() == "infix"
            closing = replace(word, kind=END)
            return Dictionary(where, is_infix, (*words, closing), bool(text[end:].strip()))
        if word.text == "{":
            raise word.wrong("a { stands within the braces")
        if len(words) == MOST_WORDS:
            raise word.wrong(f"the dictionary has more than {MOST_WORDS:,} words")
        words.append(word)
    raise places.word(len(text)).wrong("the file ends before the closing }")


def _words(text: str, start: int, places: _Places) -> Iterator[tuple[Word, int]]:
    """Each word, and where it ends."""
    at = start
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            rest = text[at:].split(maxsplit=1)[0][:40]
            what = "a text without its closing quote" if rest[0] in '"`' else f"{shown(rest)} is nothing of Stata's"
            raise places.word(at).wrong(what)
        kind = found.lastgroup or ""
        if kind not in {"COMMENT", "BLANK"}:
            yield places.word(at, kind, found[0]), found.end()
        at = found.end()


class _Places:
    """Lines and columns of a text, asked for in order."""

    def __init__(self, text: str, where: str) -> None:
        self._text, self._where = text, where
        self._line, self._start = 1, 0  #: the line that was asked for last, and where it begins

    def word(self, offset: int, kind: str = END, text: str = "") -> Word:
        """A word at an offset."""
        while (end := self._text.find("\n", self._start, offset)) >= 0:
            self._line, self._start = self._line + 1, end + 1
        return Word(kind, text, self._where, self._line, offset - self._start + 1)
