"""Which columns a job has whose inputs may have different ones: all the same, or joined by name."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

from etl_batch.errors import SchemaMismatch
from etl_batch.options.shape import ColumnsKept
from etl_batch.storage.roots import Place
from etl_batch.text.shown_text import shown

_NAMED = 5  #: columns that a message lists; of more it says how many there are


class Named(Protocol):
    """An input whose columns' names are known."""

    @property
    def place(self) -> Place:
        """Where it lies."""

    @property
    def names(self) -> Sequence[str]:
        """Of its columns."""


def joined_names(inputs: Sequence[Named], how: ColumnsKept, nameless: Sequence[bool]) -> tuple[str, ...]:
    """The names of a job's columns, in their order.

    Args:
        inputs: of the job, in their order.
        how: it is settled where they have different ones.
        nameless: of each input, whether its columns have numbers for names, which join nothing.

    Raises:
        SchemaMismatch: they are to be the same and are not, none is left, or they have no names.
    """
    first, *others = inputs
    names = tuple(first.names)
    different = next((other for other in others if tuple(other.names) != names), None)
    if different is None:
        return names
    without = next((one for one, is_nameless in zip(inputs, nameless, strict=True) if is_nameless), None)
    if how is ColumnsKept.SAME or without is not None:
        raise _different(first, different, without)
    if how is ColumnsKept.UNION:
        return tuple(dict.fromkeys(name for one in inputs for name in one.names))
    common = frozenset(names).intersection(*(other.names for other in others))
    if not common:
        raise SchemaMismatch(
            f"there is no column that all {len(inputs)} inputs have; the first has {_listed(names)}",
            mend="--columns union takes the columns of all of them",
        )
    return tuple(name for name in names if name in common)


def notes_of_join(inputs: Sequence[Named], names: Sequence[str]) -> list[str]:
    """What a user should know of inputs that are joined: which have no values in which columns, and what is left out.

    Args:
        inputs: of the job.
        names: of the job's columns, as `joined_names` has them.
    """
    lacking: dict[tuple[str, ...], list[Named]] = {}
    left_out: dict[str, None] = {}
    wanted = frozenset(names)
    for one in inputs:
        found = frozenset(one.names)
        if missing := tuple(name for name in names if name not in found):
            lacking.setdefault(missing, []).append(one)
        left_out |= {name: None for name in one.names if name not in wanted}
    notes = [
        f"{_inputs(those)} no column {_listed(missing)}: there is no value in it"
        for missing, those in itertools.islice(lacking.items(), _NAMED)
    ]
    if len(lacking) > _NAMED:
        notes.append(f"{sum(map(len, list(lacking.values())[_NAMED:])):,} more inputs lack other columns")
    if left_out:
        notes.append(f"left out, since not every input has them: {_listed(list(left_out))}")
    return notes


def _inputs(those: Sequence[Named]) -> str:
    first = str(those[0].place.path)
    return f"{first} has" if len(those) == 1 else f"{first} and {len(those) - 1:,} more have"


def _different(first: Named, other: Named, without: Named | None) -> SchemaMismatch:
    """How an input differs from the first, and what answers that."""
    here, there = other.place.path, first.place.path
    number, ours, theirs = next(
        (number, ours, theirs)
        for number, (ours, theirs) in enumerate(itertools.zip_longest(first.names, other.names), start=1)
        if ours != theirs
    )
    if theirs is None:
        said = [f"column {_quoted(ours)} is missing, which {there} has"]
    elif ours is None:
        said = [f"column {number} is {_quoted(theirs)}, which {there} lacks"]
    else:
        said = [f"column {number} is {_quoted(theirs)}, where {there} has {_quoted(ours)}"]
    known, found = frozenset(first.names), frozenset(other.names)
    if missing := [name for name in first.names if name not in found]:
        said.append(f"it lacks {_listed(missing)}")
    if more := [name for name in other.names if name not in known]:
        said.append(f"it has {_listed(more)} beside the others")
    if not missing and not more:
        said.append("it has the same columns in another order")
    if without is None:
        mend = "--columns union takes the columns of all inputs, --columns intersect those that every input has"
    else:
        said.append(f"the columns of {without.place.path} have no names to be joined by")
        mend = "--names gives them, --header yes takes them from the first row; or run the inputs as separate jobs"
    return SchemaMismatch(f"{here}: {'; '.join(said)}", mend=mend)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(_quoted, names[:_NAMED])) + more


def _quoted(name: str | None) -> str:
    return shown(repr(name))
