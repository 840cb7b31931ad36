"""What stands in an `infile dictionary`: where the next variable begins, and the variables, read by their formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from etl_batch.layouts.stata_columns import RecordLines, column_of, is_storage_type, notes_of
from etl_batch.layouts.stata_words import Cursor, Dictionary, Word
from etl_batch.layouts.text_columns import MOST_COLUMNS, Described, TextColumn

_FORMAT = re.compile(r"%(\d{1,7})?(?:\.(\d{1,2}))?([fgesS])")
_DEFAULT = "float"
_LEAST_LETTERS = 4  #: of a directive, with its underscore
_DIRECTIVES = ("_column", "_skip", "_newline", "_line", "_lines", "_lrecl", "_firstlineoffile")


def read_infile(dictionary: Dictionary) -> Described:
    """Its columns.

    Raises:
        DictionaryInvalid: naming line and column, and what is wrong there or is not read.
    """
    reading = _Reading(dictionary)
    columns = tuple(reading.columns())
    return Described(
        where=dictionary.where, columns=columns, in_bytes=True, record_size=reading.record_size,
        lines=reading.lines.each, notes=notes_of(dictionary),
    )  # fmt: skip


class _Reading(Cursor):
    def __init__(self, dictionary: Dictionary) -> None:
        super().__init__(dictionary)
        self._next = 0  #: the column where the next variable begins
        self.record_size: int | None = None
        self.lines = RecordLines()

    def columns(self) -> Iterator[TextColumn]:
        """All of them."""
        count = 0
        while not self.is_at_end:
            word = self.take("NAME", "a variable, or a directive such as _column(12)")
            if (directive := _directive(word)) is not None:
                self._follow(directive, word)
                continue
            count += 1
            if count > MOST_COLUMNS:
                raise word.wrong(f"there are more than {MOST_COLUMNS:,} columns")
            yield self._variable(word)

    def _follow(self, directive: str, word: Word) -> None:
        number = self._number(directive, word)
        match directive:
            case "_column":
                self._next = number - 1
            case "_skip":
                self._next += number
            case "_lrecl":
                self.record_size = number
            case "_newline":
                self.lines.go(self.lines.current + number, word)
                self._next = 0
            case "_line":
                self.lines.go(number, word)
                self._next = 0
            case "_lines":
                self.lines.say(number, word)
            case "_firstlineoffile" if number != 1:
                raise word.wrong(
                    "lines above the first record are not read over yet",
                    "take them out of a copy of the file, and the directive out of the dictionary",
                )

    def _number(self, directive: str, word: Word) -> int:
        if not self.takes("("):
            if directive in {"_skip", "_newline"}:
                return 1
            raise self.word.unexpected(f"the ( of {directive}(1)")
        found = self.take("NUMBER", "a number")
        if found.number < 1:
            raise found.wrong(f"{word.text}({found.text[:20]}) is none of the places of a line")
        if not self.takes(")"):
            raise self.word.unexpected("a )")
        return found.number

    def _variable(self, word: Word) -> TextColumn:
        """`[type] name [:label] [%format] ["variable label"]`."""
        stored = ""
        if is_storage_type(word.text) and self.word.kind == "NAME":
            stored, word = word.text, self.take("NAME", "the name of the variable")
        label = self.take("NAME", "the name of a value label") if self.takes(":") else None
        length, decimals, kind = self._format(word)
        is_text = kind in "sS"
        if is_text and stored and not stored.startswith("str"):
            raise word.wrong(
                f"{word.text} is {stored}, but is read as text (%s): numbers that stand for words are not made of them",
                "read it as str, and put the numbers in the place of the words afterwards",
            )
        about = self.take("STRING", "a label").label if self.word.kind == "STRING" else ""
        column = column_of(
            word, stored or ("str" if is_text else _DEFAULT), self._next, length,
            decimals=0 if stored.startswith("str") else decimals, keeps_front=kind == "S",
            about=f"its values have the labels of {label.text}" if label else "", line=self.lines.current,
        )  # fmt: skip
        column = replace(column, label=about)
        self._next = column.end
        return column

    def _format(self, name: Word) -> tuple[int, int, str]:
        """How many bytes are read, how many decimals they have, and as what."""
        word = self.word
        if word.kind != "FORMAT":
            raise name.wrong(
                f"{name.text} has no format such as %8f: it is read up to the next blank, and not from fixed columns",
                "give it a format with its width; a file divided by blanks is read as a CSV, with --delimiter ' '",
            )
        self.take("FORMAT", "a format")
        found = _FORMAT.fullmatch(word.text)
        if found is None:
            raise word.wrong(f"{word.text[:40]} is none of the formats %8f, %8.2f, %8g, %8e, %8s and %8S")
        if found[1] is None or int(found[1]) < 1:
            raise word.wrong(f"{word.text} has no width: {name.text} is read up to the next blank", "give it a width")
        if found[3] in "sS" and found[2]:
            raise word.wrong(f"{word.text}: a text has no decimals")
        return int(found[1]), int(found[2] or 0), found[3]


def _directive(word: Word) -> str | None:
    """Which directive a word is, perhaps shortened; None: it is none."""
    if not word.text.startswith("_"):
        return None
    if word.text in _DIRECTIVES:
        return word.text
    found = [one for one in _DIRECTIVES if one.startswith(word.text) and len(word.text) >= _LEAST_LETTERS]
    return found[0] if found else None
