"""The cells of CSV rows that were read: numbers, strata, and what a filter needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.arrow_values import numbers
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.csv.column_types import PLACE, SKIPPED, TEXT, CellType, type_named
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.units.unit import Floats, Integers, NotOfItsType, Rows, Strata, Wanted, WholeRows
from etl_batch.formats.units.unit_strata import coded
from etl_batch.kernels.columns import Array, Column
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.csv.columns import Columns

Kinds = Mapping[str, CellType]  #: how columns of numbers are read; of others: as floats

_NOTHING_KNOWN: Kinds = MappingProxyType({})
_SHOWN_CHARACTERS = 60
_LINE_FEED = ord("\n")


@dataclass(frozen=True, slots=True)
class CsvCells:
    """Reads the columns that are wanted of sound rows."""

    file: CsvFile

    def rows(self, text: Array, per_unit: Integers, sizes: Floats, wanted: Wanted) -> Rows:
        """The rows of some units.

        Args:
            text: the rows, one behind the other.
            per_unit: how many rows each unit has.
            sizes: of the units, in bytes.
            wanted: the columns.

        Raises:
            NotOfItsType: a cell is not what its column must be.
        """
        found = self._read(text, int(per_unit.sum()), wanted, _NOTHING_KNOWN)
        values = {name: numbers(found.array(name, self._number(name))) for name in wanted.measures}
        return Rows(per_unit, sizes, values, *self._others(found, wanted, _NOTHING_KNOWN))

    def whole(self, text: Array, rows: int, wanted: Wanted, kinds: Kinds) -> WholeRows:
        """Rows that are only added up.

        Args:
            text: the rows, one behind the other.
            rows: how many.
            wanted: the columns.
            kinds: how those of `numbers_of` are read.

        Raises:
            NotOfItsType: a cell is not what its column must be.
        """
        found = self._read(text, rows, wanted, kinds)
        sums = {name: partial(sums_of, found.column(name, self._number(name, kinds))) for name in wanted.measures}
        return WholeRows(rows, sums, *self._others(found, wanted, kinds))

    def numbers_of(self, wanted: Wanted) -> tuple[str, ...]:
        """Columns that hold numbers, of which nobody said what numbers they are."""
        compared = [name for name in wanted.conditions if wanted.where and wanted.where.literals(name) == {Fraction}]
        return tuple(name for name in dict.fromkeys((*wanted.measures, *compared)) if self._declared(name) is None)

    def _others(self, found: _Found, wanted: Wanted, kinds: Kinds) -> tuple[Strata | None, pa.Table | None]:
        """What is read beside the measures."""
        strata = self._strata(found, wanted.strata) if wanted.strata else None
        if not wanted.conditions:
            return strata, None
        import pyarrow as pa

        filtered = [found.array(name, self._condition(name, wanted, kinds)) for name in wanted.conditions]
        return strata, pa.Table.from_arrays(filtered, names=list(wanted.conditions))

    def _strata(self, found: _Found, name: str) -> Strata:
        """Texts are compared where they stand, without loading Arrow."""
        kind = found.kind_of_strata
        if kind not in (PLACE, TEXT):
            return coded(found.array(name, kind))
        from etl_batch.formats.column_strata import strata_of

        strata = strata_of(found.column(name, kind), found.rows)
        names = [text.decode("utf-8", "backslashreplace") for text in strata.names.tolist()]
        return Strata(strata.places[strata.codes], names)

    def _read(self, text: Array, rows: int, wanted: Wanted, kinds: Kinds) -> _Found:
        """Every column that is wanted, as every type that it is wanted as."""
        text = self.file.restored(text)
        if len(text) and text[-1] != _LINE_FEED:
            text = np.append(text, np.uint8(_LINE_FEED))
        as_types = [(name, self._number(name, kinds)) for name in wanted.measures]
        as_types += [(name, self._condition(name, wanted, kinds)) for name in wanted.conditions]
        kind_of_strata = (self._declared(wanted.strata) if wanted.strata else None) or TEXT
        if kind_of_strata == TEXT and (wanted.strata, TEXT) not in as_types:
            kind_of_strata = PLACE
        as_types += [(wanted.strata, kind_of_strata)] if wanted.strata else []
        passes: list[dict[str, CellType]] = [{}]
        for name, kind in as_types:
            if all(one_pass.get(name, kind) != kind for one_pass in passes):
                passes.append({})
            next(one_pass for one_pass in passes if one_pass.get(name, kind) == kind)[name] = kind
        found = [self._columns(text, rows, one_pass) for one_pass in passes]
        if kind_of_strata == PLACE and wanted.strata and any(part.used[self._place(wanted.strata)] for part in found):
            kind_of_strata = TEXT  # some stand with their quotes doubled
            found.append(self._columns(text, rows, {wanted.strata: TEXT}))
        return _Found(self.file.names, text, rows, found, kind_of_strata)

    def _place(self, name: str) -> int:
        return self.file.names.index(name)

    def _columns(self, text: Array, rows: int, wanted: Mapping[str, CellType]) -> Columns:
        from etl_batch.formats.csv.columns import Cells

        types = [wanted.get(name, SKIPPED) for name in self.file.names]
        base = int(text.ctypes.data)
        cells = Cells.of(base, base + len(text), self.file.delimiter, (rows, self.file.columns))
        columns = cells.read(types)
        if columns.bad is not None:
            row = int(np.flatnonzero(columns.bad >= 0)[0])
            column = int(columns.bad[row])
            first, behind = cells.starts()[row * cells.columns + column :][:2].tolist()
            raw = bytes(text[first : behind - 1])
            shown = raw.decode("utf-8", "replace").strip("\r\n")[:_SHOWN_CHARACTERS]
            raise NotOfItsType(self.file.names[column], shown, types[column].word)
        return columns

    def _declared(self, name: str) -> CellType | None:
        return self.file.declared[self._place(name)]

    def _number(self, name: str, kinds: Kinds = _NOTHING_KNOWN) -> CellType:
        return self._declared(name) or kinds.get(name) or type_named("f64")

    def _condition(self, name: str, wanted: Wanted, kinds: Kinds) -> CellType:
        """A column is read as what it is compared with."""
        declared = self._declared(name)
        if declared is not None or wanted.where is None:
            return declared or TEXT
        literals = wanted.where.literals(name)
        if literals == {Fraction}:
            return self._number(name, kinds)
        return type_named("bool") if literals == {bool} else TEXT


@dataclass(frozen=True, slots=True)
class _Found:
    """Columns that were read."""

    names: Sequence[str]  #: of the file's columns
    text: Array  #: the rows, to which places point
    rows: int
    passes: Sequence[Columns]
    kind_of_strata: CellType

    def array(self, name: str, kind: CellType) -> pa.Array:
        """A column as it was read as a type."""
        return self._read_as(name, kind).array(self.names.index(name))

    def column(self, name: str, kind: CellType) -> Column:
        """The same for the kernels."""
        return self._read_as(name, kind).column(self.names.index(name))

    def _read_as(self, name: str, kind: CellType) -> Columns:
        return next(one_pass for one_pass in self.passes if one_pass.types[self.names.index(name)] == kind)
