"""The columns of the outputs, as an input has them: chosen, renamed, with what is said of where a row is from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.options.shape import OutputShape, SourceColumn

if TYPE_CHECKING:
    import pyarrow as pa

_NAMED = 100  #: columns that a message lists


@dataclass(frozen=True, slots=True)
class Absent:
    """In place of a column that other inputs have, and this one has not: there is no value in any row."""

    type: pa.DataType


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of the outputs."""

    name: str
    #: which column of the input, from 0, or what is said of where its rows are from
    origin: int | SourceColumn | Absent


@dataclass(frozen=True, slots=True)
class OutputColumns:
    """All columns of the outputs, in their order, as one input has them."""

    columns: tuple[OutputColumn, ...]
    file: str = ""  #: what the input is called in the outputs

    @property
    def names(self) -> tuple[str, ...]:
        """Of the outputs' columns."""
        return tuple(column.name for column in self.columns)

    @property
    def places(self) -> tuple[int, ...]:
        """Which columns of the input there are, from 0, in the order of the outputs."""
        return tuple(column.origin for column in self.columns if not isinstance(column.origin, SourceColumn | Absent))

    def schema(self, of_input: pa.Schema) -> pa.Schema:
        """Names and types of the outputs' columns, from those of the input's."""
        import pyarrow as pa

        types = {SourceColumn.FILE: pa.string(), SourceColumn.ROW: pa.int64()}

        def field(column: OutputColumn) -> pa.Field:
            origin = column.origin
            if not isinstance(origin, SourceColumn | Absent):
                return of_input.field(origin).with_name(column.name)
            return pa.field(column.name, origin.type if isinstance(origin, Absent) else types[origin])

        return pa.schema([field(column) for column in self.columns])


def output_columns(names: Sequence[str], shape: OutputShape) -> tuple[OutputColumn, ...]:
    """The columns of the outputs.

    Args:
        names: of the input's columns.
        shape: what is asked for.

    Raises:
        ConfigError: a column is named that is not there, none is left, or two would have one name.
    """
    places = {name: place for place, name in enumerate(names)}
    renamed = dict(shape.rename or ())
    asked = (("--select", shape.select), ("--exclude", shape.exclude), ("--rename", renamed))
    for flag, given in asked:
        if unknown := [name for name in given or () if name not in places]:
            raise ConfigError(
                f"{flag} names column {unknown[0]!r}, which is not there", mend=f"the columns are {_listed(names)}"
            )
    left_out = frozenset(shape.exclude or ())
    chosen = [name for name in shape.select or names if name not in left_out]
    if not chosen:
        raise ConfigError("no column is left", mend=f"select one that is not excluded of {_listed(names)}")
    columns = [OutputColumn(renamed.get(name, name), places[name]) for name in chosen]
    _refuse_one_name(columns, names)
    own = {column.name: names[places[name]] for column, name in zip(columns, chosen, strict=True)}
    for added in shape.add_source or ():
        if (name := own.get(added.column)) is not None:
            raise ConfigError(
                f"--add-source makes a column {added.column!r}, and the inputs have one of that name",
                mend=f"call theirs otherwise: --rename {name}=original_{added}",
            )
        columns.append(OutputColumn(added.column, added))
    return tuple(columns)


def _refuse_one_name(columns: Sequence[OutputColumn], names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(column.name for column in columns).items() if times > 1]
    if twice:
        raise ConfigError(
            f"--rename gives a column the name {twice[0]!r}, which another has",
            mend=f"give it one of its own, or exclude the other; the columns are {_listed(names)}",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
