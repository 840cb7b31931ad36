"""Stata dictionaries as columns of lines: of `infix` and of `infile` ([D] infix, [D] infile of the Stata manuals).

Columns are counted in bytes, as Stata counts them. A blank number is missing, and so is a lone point; a blank text is
missing, too. What Stata reads as missing without a word, because it is no number, is a bad row here.
"""

from __future__ import annotations

from etl_batch.layouts.stata_infile import read_infile
from etl_batch.layouts.stata_infix import read_infix
from etl_batch.layouts.stata_words import words_of
from etl_batch.layouts.text_columns import Described, refuse_beyond, refuse_unfit


def read_stata_dictionary(text: str, where: str) -> Described:
    """Read a dictionary.

    Args:
        text: of the file.
        where: its path, for messages.

    Raises:
        DictionaryInvalid: naming line and column, and what is wrong there or is not read.
        LayoutInvalid: its columns are none that a layout can have.
    """
    dictionary = words_of(text, where)
    found = read_infix(dictionary) if dictionary.is_infix else read_infile(dictionary)
    refuse_unfit(found.columns, where)
    refuse_beyond(found)
    return found
