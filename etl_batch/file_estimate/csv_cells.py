"""The cells of CSV rows that were read: numbers, strata, and what a filter needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.arrow_values import numbers
from etl_batch.file_estimate.contract import Floats, Integers, NotOfItsType, Rows, Wanted
from etl_batch.file_estimate.stratum_codes import coded
from etl_batch.kernels.columns import Array
from etl_batch.sources.csv_file import CsvFile
from etl_batch.sources.csv_types import SKIPPED, TEXT, CellType, parse_types

if TYPE_CHECKING:
    import pyarrow as pa

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
        import pyarrow as pa

        text = self.file.restored(text)
        typed = {name: self._number(name) for name in wanted.measures}
        conditions = {name: self._condition(name, wanted) for name in wanted.conditions}
        names = {wanted.strata: self._declared(wanted.strata) or TEXT} if wanted.strata else {}
        merged = typed | {name: kind for name, kind in {**conditions, **names}.items() if name not in typed}
        if len(text) and text[-1] != _LINE_FEED:
            text = np.append(text, np.uint8(_LINE_FEED))
        found = self._columns(text, int(per_unit.sum()), merged)
        again = {name: kind for name, kind in (*conditions.items(), *names.items()) if merged[name] != kind}
        others = self._columns(text, int(per_unit.sum()), again) if again else {}
        filtered = [others.get(name, found[name]) for name in conditions]
        return Rows(
            per_unit=per_unit,
            sizes=sizes,
            values={name: numbers(found[name]) for name in wanted.measures},
            strata=coded(others.get(wanted.strata, found[wanted.strata])) if wanted.strata else None,
            conditions=pa.Table.from_arrays(filtered, names=list(conditions)) if conditions else None,
        )

    def _columns(self, text: Array, rows: int, wanted: Mapping[str, CellType]) -> dict[str, pa.Array]:
        from etl_batch.sources.csv_columns import Cells

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
        return {name: columns.array(place) for place, name in enumerate(self.file.names) if name in wanted}

    def _declared(self, name: str) -> CellType | None:
        return self.file.declared[self.file.names.index(name)]

    def _number(self, name: str) -> CellType:
        return self._declared(name) or parse_types("x=f64")["x"]

    def _condition(self, name: str, wanted: Wanted) -> CellType:
        """A column is read as what it is compared with."""
        declared = self._declared(name)
        if declared is not None or wanted.where is None:
            return declared or TEXT
        kinds = wanted.where.literals(name)
        if kinds == {Fraction}:
            return self._number(name)
        return parse_types("x=bool")["x"] if kinds == {bool} else TEXT
