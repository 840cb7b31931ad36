"""The specifications of an `infix dictionary`: `[type] names first-last`, and what line of a record they are on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from etl_batch.layouts.stata_columns import RecordLines, column_of, is_storage_type, notes_of
from etl_batch.layouts.stata_words import Cursor, Dictionary, Word
from etl_batch.layouts.text_columns import MOST_COLUMNS, Described, TextColumn

_NUMBERED = re.compile(r"(.*?)(\d{1,9})")
_DEFAULT = "float"


def read_infix(dictionary: Dictionary) -> Described:
    """Its columns.

    Raises:
        DictionaryInvalid: naming line and column, and what is wrong there or is not read.
    """
    reading = _Reading(dictionary)
    columns = tuple(reading.columns())
    return Described(
        where=dictionary.where, columns=columns, in_bytes=True, lines=reading.lines.each, notes=notes_of(dictionary)
    )


class _Reading(Cursor):
    def __init__(self, dictionary: Dictionary) -> None:
        super().__init__(dictionary)
        self.lines = RecordLines()

    def columns(self) -> Iterator[TextColumn]:
        """All of them."""
        count = 0
        while not self.is_at_end:
            if self.word.kind == "NUMBER":
                self._about_lines()
            elif self.word.text == "/":
                self.lines.go(self.lines.current + 1, self.take("SIGN", "a /"))
            else:
                for column in self._specified():
                    count += 1
                    if count > MOST_COLUMNS:
                        raise self.word.wrong(f"there are more than {MOST_COLUMNS:,} columns")
                    yield column

    def _about_lines(self) -> None:
        """`2 lines`, `1 firstlineoffile`, `2:`."""
        number = self.take("NUMBER", "a number")
        if self.takes(":"):
            self.lines.go(number.number, number)
            return
        word = self.take("NAME", "lines, firstlineoffile, a colon or the name of a variable")
        if word.text in {"line", "lines"}:
            self.lines.say(number.number, number)
        elif len(word.text) < len("first") or not "firstlineoffile".startswith(word.text):
            raise word.unexpected("lines or firstlineoffile")
        elif number.number != 1:
            what = "lines above the first record are not read over yet"
            raise number.wrong(what, "take them out of a copy of the file, and the word out of the dictionary")

    def _specified(self) -> Iterator[TextColumn]:
        """`[type] names [line:]first[-last]`."""
        stored = _DEFAULT
        follows = self._words[self._at + 1] if self.word.kind == "NAME" else self.word
        if is_storage_type(self.word.text) and follows.kind == "NAME":
            stored = self.take("NAME", "a type").text
        names = list(islice(self._names(), MOST_COLUMNS + 1))
        if len(names) > MOST_COLUMNS:
            raise self.word.wrong(f"there are more than {MOST_COLUMNS:,} columns")
        first = self.take("NUMBER", "the first column of the variable")
        line = self.lines.current
        if self.takes(":"):
            line = self.lines.known(first.number, first)
            first = self.take("NUMBER", "the first column of the variable")
        last = self.take("NUMBER", "the last column of the variable") if self.takes("-") else first
        if not 1 <= first.number <= last.number:
            raise last.wrong(f"{names[0].text} has columns {first.text[:20]} to {last.text[:20]}, which are none")
        width = last.number - first.number + 1
        if width % len(names):
            raise last.wrong(f"{len(names)} variables cannot share {width} columns alike")
        each = width // len(names)
        for place, name in enumerate(names):
            yield column_of(name, stored, first.number - 1 + place * each, each, line=line)

    def _names(self) -> Iterator[Word]:
        """Names of variables, and `q1-q5` as what it stands for."""
        name = self.take("NAME", "the name of a variable")
        while True:
            if self.takes("-"):
                yield from self._numbered(name, self.take("NAME", "the last of the variables"))
            else:
                yield name
            if self.word.kind != "NAME":
                return
            name = self.take("NAME", "the name of a variable")

    def _numbered(self, first: Word, last: Word) -> Iterator[Word]:
        begins, ends = _NUMBERED.fullmatch(first.text), _NUMBERED.fullmatch(last.text)
        if begins is None or ends is None or begins[1] != ends[1] or int(begins[2]) > int(ends[2]):
            raise last.wrong(f"{first.text}-{last.text} is no range of variables")
        low, high = int(begins[2]), int(ends[2])
        if high - low >= MOST_COLUMNS:
            raise last.wrong(f"{first.text}-{last.text} are more than {MOST_COLUMNS:,} variables")
        for number in range(low, high + 1):
            yield replace(first, text=f"{begins[1]}{number:0{len(begins[2])}}")
