"""What is so of a column in all CSVs of a job together. They are known by their names: a file may lack some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from etl_batch.errors import SchemaMismatch
from etl_batch.formats.csv.column_types import NUMBERS, TEXT, CellType, inferred, number_type
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.kernels.cell_readings import Class, Reading

if TYPE_CHECKING:
    from etl_batch.formats.csv.pieces import Checked

_MARKED = frozenset({Reading.FLOAT, Reading.DECIMAL})


class WithNames(Protocol):
    """A CSV whose header was read."""

    @property
    def names(self) -> Sequence[str]:
        """Of its columns."""


def every_name(files: Iterable[WithNames]) -> tuple[str, ...]:
    """The columns that any of the files has, in the order in which they come."""
    return tuple(dict.fromkeys(name for file in files for name in file.names))


def known_types(files: Iterable[CsvFile]) -> dict[str, CellType]:
    """The types of those columns that have one before their cells are looked at: declared, or proven by a copy."""
    known: dict[str, CellType] = {}
    for file in files:
        kinds = zip(file.names, file.declared, file.proven or file.declared, strict=True)
        known |= {name: its for name, kind, found in kinds if (its := kind or found)}
    return known


def types_of_measures(
    measured: Sequence[str], types: Mapping[str, CellType], seen: Mapping[str, int]
) -> Iterator[tuple[str, CellType]]:
    """Those of the columns that hold numbers only, and how these are read: by their type, else by their looks."""
    for name in measured:
        kind = types[name]
        if kind.reading in NUMBERS:
            yield name, kind
        elif kind is TEXT and (found := number_type(seen[name])):
            yield name, found


def marks_of(known: Mapping[str, CellType], seen: Mapping[str, int]) -> Iterator[tuple[str, bool]]:
    """Which columns hold numbers that may have a decimal mark: by their types; without one, by all their cells."""
    for name, looks in seen.items():
        kind = known.get(name)
        yield name, number_type(looks) is not None if kind is None else kind.reading in _MARKED


def classes_in(file: WithNames, pieces: Sequence[Checked]) -> dict[str, int]:
    """What the cells of each column of a file look like, bits of `Class`; 0: there are none."""
    seen = [0] * len(file.names)
    for piece in pieces:
        seen = [before | now for before, now in zip(seen, piece.classes.tolist(), strict=True)]
    return dict(zip(file.names, seen, strict=True))


def classes_together(every: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The same of all files."""
    together: dict[str, int] = {}
    for classes in every:
        for name, seen in classes.items():
            together[name] = together.get(name, 0) | seen
    return together


def refuse_conflicts(
    files: Sequence[CsvFile], seen: Sequence[Mapping[str, int]], types: Mapping[str, CellType]
) -> None:
    """Refuse a column of files that are joined by name, if it holds numbers in one and texts in another.

    Of files with the same columns it is text, as it is where one file holds both: they are parts of one table, and one
    odd cell makes no other table of them. A name that strangers share may mean two things.

    Args:
        files: of the job.
        seen: of each file, what the cells of its columns look like.
        types: of the columns, in all files together; those that were not declared stay open to doubt.

    Raises:
        SchemaMismatch: there is such a column.
    """
    declared = {name for file in files for name, kind in zip(file.names, file.declared, strict=True) if kind}
    for name in (name for name, kind in types.items() if kind is TEXT and name not in declared):
        its = [(file, classes[name]) for file, classes in zip(files, seen, strict=True) if name in classes]
        texts = next((file for file, looks in its if looks & Class.TEXT), None)
        numbers = next(((file, kind) for file, looks in its if (kind := inferred([looks])[0]) is not TEXT), None)
        if texts is not None and numbers is not None:
            raise SchemaMismatch(
                f"column {name!r} is {numbers[1].word} in {numbers[0].place.path} and str in {texts.place.path}",
                mend=f"--types {name}=str reads it as text in all inputs; "
                f"--types {name}={numbers[1].word} makes bad rows of those with a text in it",
            )
