"""A variable of a Stata dictionary as a column: its storage type in the layout's words, what is missing in it."""

from __future__ import annotations

import re

from etl_batch.layouts.stata_words import Dictionary, Word
from etl_batch.layouts.text_columns import SURE_DIGITS, TextColumn

_RANGES = {"byte": "i8", "int": "i16", "long": "i32"}
_FLOATS = {"float", "double"}
_TEXT = re.compile(r"str(\d+|L)?")
MISSING = ("blank", ".")  #: in the layout's words
READ_ONLY = "give each record one line, or make a dictionary of each line of them"


def is_storage_type(word: str) -> bool:
    """Whether a word says how a variable is stored."""
    return word in _RANGES or word in _FLOATS or _TEXT.fullmatch(word) is not None


def column_of(  # noqa: PLR0913 - what a dictionary says of one variable
    name: Word, stored: str, start: int, length: int, *, decimals: int = 0, keeps_front: bool = False, about: str = ""
) -> TextColumn:
    """A variable as a column.

    Args:
        name: of the variable.
        stored: how it is stored.
        start: its first column, from 0.
        length: of it, in bytes.
        decimals: behind a point that is not written.
        keeps_front: of a text, whether blanks in front of it belong to it.
        about: its label.

    Raises:
        DictionaryInvalid: whole numbers with decimals.
    """
    scaled = f" with {decimals} decimals" if decimals else ""
    place = f"columns {start + 1} to {start + length}" if length > 1 else f"column {start + 1}"
    remarks = [f"line {name.line}: {stored}{scaled}, {place}"]
    remarks += [about] if about else []
    if _TEXT.fullmatch(stored):
        return TextColumn(
            name=name.text, type="str", start=start, length=length, at=name.at, empty_is_null=True,
            trim="" if keeps_front else "both", remarks=tuple(remarks),
        )  # fmt: skip
    if stored in _RANGES and decimals:
        raise name.wrong(f"{name.text} is {stored}, which has no decimals, but is read with {decimals} of them")
    is_long = stored in _FLOATS and length > SURE_DIGITS
    kind = "decimal" if is_long and decimals else "f64"
    return TextColumn(
        name=name.text, type=_RANGES.get(stored, kind), start=start, length=length, at=name.at, scale=decimals,
        nulls=MISSING, is_whole_or_float=is_long and not decimals, remarks=tuple(remarks),
    )  # fmt: skip


def notes_of(dictionary: Dictionary) -> tuple[str, ...]:
    """What a user should know of what else is in the file."""
    if not dictionary.has_more:
        return ()
    return ("what stands behind the closing } is not read: rows are read from files of their own",)
