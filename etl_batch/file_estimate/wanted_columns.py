"""Which columns a question needs of a file, and the error for those that are not there. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from etl_batch.errors import NoSuchMeasure
from etl_batch.estimate.where_mask import refuse_unknown_columns
from etl_batch.file_estimate.question import Question
from etl_batch.formats.units.unit import Wanted
from etl_batch.light_dataclass import dataclass

_LISTED_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read, and what is said about it."""

    wanted: Wanted
    notes: tuple[str, ...]


def wanted_columns(question: Question, columns: Mapping[str, bool], path: str) -> Columns:
    """Find the columns of a question; a default one that the file lacks is left out.

    Args:
        question: what the user wants to know.
        columns: names of the file's, and whether their values can be added up.
        path: of the file, for messages.

    Raises:
        NoSuchMeasure: a column that the user named is not there, or holds no numbers.
        WhereInvalid: the filter names a column that is not there.
    """
    notes: list[str] = []
    listed = f"the columns are {', '.join(columns)}"[:_LISTED_CHARACTERS]
    measures: list[str] = []
    for name in dict.fromkeys(question.measures):
        if columns.get(name):
            measures.append(name)
            continue
        problem = f"column {name!r} holds no numbers" if name in columns else f"there is no column {name!r}"
        if question.measures_named:
            raise NoSuchMeasure(f"{path}: {problem} to add up", mend=f"{listed}; choose some with --measures")
        notes.append(f"{problem}; its total is left out")
    strata = question.strata
    if strata is not None and strata not in columns:
        if question.strata_named:
            raise NoSuchMeasure(f"{path}: there is no column {strata!r} for the strata", mend=f"{listed}")
        notes.append(f"there is no column {strata!r}, so there are no strata")
        strata = None
    if question.where is not None:
        refuse_unknown_columns(question.where, list(columns))
    if not measures:
        notes.append("nothing to add up: name columns of numbers with --measures")
    return Columns(Wanted(tuple(measures), strata, question.where), tuple(notes))
