"""The shape of the outputs: which columns they have, in which order, and how these are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.text.column_lists import names_reader, pairs_reader, typed_columns, typed_pairs
from etl_batch.text.flag import OUTPUTS, option


class SourceColumn(StrEnum):
    """A column that says where a row is from."""

    FILE = "file"
    ROW = "row"  #: within its file, from 1

    @property
    def column(self) -> str:
        """What it is called in the outputs."""
        return f"source_{self.value}"


class ColumnsKept(StrEnum):
    """Which columns there are, where inputs have different ones."""

    SAME = "same"  #: each input must have those of the first, in its order
    UNION = "union"  #: those that any input has; where one lacks a column, it has no values
    INTERSECT = "intersect"  #: those that each input has


def read_source_columns(given: str) -> tuple[SourceColumn, ...]:
    """`file`, `row`, or both in the order in which they are wanted.

    Raises:
        ConfigError: it is something else.
    """
    words = [word.strip().lower() for word in given.split(",")]
    known = [str(one) for one in SourceColumn]
    if unknown := [word for word in words if word not in known]:
        raise ConfigError(f"--add-source has {unknown[0]!r}", mend="give file, row, or file,row")
    return tuple(map(SourceColumn, words))


@dataclass(frozen=True, kw_only=True)
class OutputShape:
    """Which columns of the inputs become columns of the outputs. Names are those of the inputs."""

    columns: ColumnsKept = option(
        ColumnsKept.SAME, "of several inputs: all have the same ones in the same order, or they are joined by name: "
        "union, those that any has, or intersect, those that all have (%(default)s)",
        place=5, group=OUTPUTS,
    )  # fmt: skip
    #: in the order in which they are wanted; None: all, as they come
    select: tuple[str, ...] | None = option(
        None, "columns of the outputs, in this order (all, as the inputs have them)",
        metavar="A,B", place=5, group=OUTPUTS, read=names_reader("--select"), write=typed_columns,
    )  # fmt: skip
    exclude: tuple[str, ...] | None = option(
        None, "columns of the inputs that the outputs do not have (none)",
        metavar="A,B", place=5, group=OUTPUTS, read=names_reader("--exclude"), write=typed_columns,
    )  # fmt: skip
    #: each with the name that it has in the outputs
    rename: tuple[tuple[str, str], ...] | None = option(
        None, "what columns are called in the outputs; all other flags name them as the inputs do (none)",
        metavar="A=B,...", place=5, group=OUTPUTS, read=pairs_reader("--rename"), write=typed_pairs,
    )  # fmt: skip
    #: behind the others
    add_source: tuple[SourceColumn, ...] | None = option(
        None, "columns source_file, source_row behind the others: which file a row is from, its number there (none)",
        metavar="file,row", place=5, group=OUTPUTS, read=read_source_columns, write=typed_columns,
    )  # fmt: skip

    def refuse_misshapen(self) -> None:
        """Refuse what no outputs can look like.

        Raises:
            ConfigError: a name is given twice, or is none.
        """
        _refuse_twice("--select", self.select or ())
        _refuse_twice("--exclude", self.exclude or ())
        _refuse_twice("--add-source", self.add_source or ())
        renamed = self.rename or ()
        _refuse_twice("--rename", [old for old, _ in renamed])
        for old, new in renamed:
            if not _is_name(new):
                raise ConfigError(
                    f"--rename gives column {old!r} the name {new!r}", mend="give a name that can be read: a=b"
                )

    @property
    def is_reshaped(self) -> bool:
        """Whether the outputs' columns are others than those of the inputs."""
        return any((self.select, self.exclude, self.rename, self.add_source))


def _is_name(text: str) -> bool:
    """Whether a column may be called so: it shows, and it can be written in UTF-8."""
    is_line = not any(character < " " or character == "\x7f" for character in text)
    return bool(text.strip()) and is_line and not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_twice(flag: str, names: Iterable[str]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise ConfigError(f"{flag} names {str(twice[0])!r} twice", mend="name each once")
