"""A variable of a Stata dictionary as a column: its storage type in the layout's words, what is missing in it."""

from __future__ import annotations

import re

from etl_batch.layouts.stata_words import Dictionary, Word
from etl_batch.layouts.text_columns import SURE_DIGITS, TextColumn
from etl_batch.light_dataclass import dataclass

_RANGES = {"byte": "i8", "int": "i16", "long": "i32"}
_FLOATS = {"float", "double"}
_TEXT = re.compile(r"str(\d+|L)?")
MISSING = ("blank", ".")  #: in the layout's words
MOST_LINES_EACH = 1_000  #: of a record


@dataclass(slots=True)
class RecordLines:
    """The lines of a record, as a dictionary goes through them."""

    current: int = 1
    _most: int = 1  #: the last one that was gone to
    _said: int | None = None  #: how many the dictionary says there are

    @property
    def each(self) -> int:
        """How many a record has."""
        return self._said or self._most

    def go(self, line: int, word: Word) -> None:
        """To a line, by its number from 1.

        Raises:
            DictionaryInvalid: there is no such line.
        """
        self.current = self.known(line, word)

    def known(self, line: int, word: Word) -> int:
        """The number of a line that somebody named.

        Raises:
            DictionaryInvalid: there is no such line.
        """
        if not 1 <= line <= MOST_LINES_EACH:
            shown = word.text[:20] if line < 0 else line
            raise word.wrong(f"line {shown} of a record; a record has 1 to {MOST_LINES_EACH:,} lines")
        self._most = max(self._most, line)
        self._refuse_more(word)
        return line

    def say(self, lines: int, word: Word) -> None:
        """How many lines a record has.

        Raises:
            DictionaryInvalid: it has others already.
        """
        if not 1 <= lines <= MOST_LINES_EACH:
            raise word.wrong(f"{word.text[:20]} lines; a record has 1 to {MOST_LINES_EACH:,}")
        self._said = lines
        self._refuse_more(word)

    def _refuse_more(self, word: Word) -> None:
        if self._said is not None and self._most > self._said:
            raise word.wrong(f"line {self._most} of a record, which is said to have {self._said}")


def is_storage_type(word: str) -> bool:
    """Whether a word says how a variable is stored."""
    return word in _RANGES or word in _FLOATS or _TEXT.fullmatch(word) is not None


def column_of(  # noqa: PLR0913 - what a dictionary says of one variable
    name: Word, stored: str, start: int, length: int, *,
    decimals: int = 0, keeps_front: bool = False, about: str = "", line: int = 1,
) -> TextColumn:  # fmt: skip
    """A variable as a column.

    Args:
        name: of the variable.
        stored: how it is stored.
        start: its first column, from 0.
        length: of it, in bytes.
        decimals: behind a point that is not written.
        keeps_front: of a text, whether blanks in front of it belong to it.
        about: its label.
        line: of a record, that has it, from 1.

    Raises:
        DictionaryInvalid: whole numbers with decimals.
    """
    scaled = f" with {decimals} decimals" if decimals else ""
    place = f"columns {start + 1} to {start + length}" if length > 1 else f"column {start + 1}"
    place += f" of line {line}" if line > 1 else ""
    remarks = [f"line {name.line}: {stored}{scaled}, {place}"]
    remarks += [about] if about else []
    if _TEXT.fullmatch(stored):
        return TextColumn(
            name=name.text, type="str", start=start, length=length, line=line, at=name.at, empty_is_null=True,
            trim="" if keeps_front else "both", remarks=tuple(remarks),
        )  # fmt: skip
    if stored in _RANGES and decimals:
        raise name.wrong(f"{name.text} is {stored}, which has no decimals, but is read with {decimals} of them")
    is_long = stored in _FLOATS and length > SURE_DIGITS
    kind = "decimal" if is_long and decimals else "f64"
    return TextColumn(
        name=name.text, type=_RANGES.get(stored, kind), start=start, length=length, line=line, at=name.at,
        scale=decimals, nulls=MISSING, is_whole_or_float=is_long and not decimals, remarks=tuple(remarks),
    )  # fmt: skip


def notes_of(dictionary: Dictionary) -> tuple[str, ...]:
    """What a user should know of what else is in the file."""
    if not dictionary.has_more:
        return ()
    return ("what stands behind the closing } is not read: rows are read from files of their own",)
