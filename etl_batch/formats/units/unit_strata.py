"""Names of strata as small numbers, the same over all that is read of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.arrow_values import integers, is_there
from etl_batch.formats.units.unit import Integers, Strata

if TYPE_CHECKING:
    import pyarrow as pa

NULL_STRATUM = "(null)"


class StratumCodes:
    """Gives every name a number, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        """By their numbers."""
        return list(self._numbers)

    def of(self, strata: Strata) -> Integers:
        """The numbers of the rows' strata; shape (rows,)."""
        names = [NULL_STRATUM if value is None else _text(value) for value in strata.values]
        own = np.array([self._numbers.setdefault(name, len(self._numbers)) for name in names], dtype=np.int64)
        return own[strata.codes] if len(strata.codes) else np.empty(0, np.int64)


def coded(column: pa.Array) -> Strata:
    """An Arrow column as strata."""
    encoded = column.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    places, there = integers(encoded.indices).astype(np.int64), is_there(encoded.indices)
    if there is not None:
        places = np.where(there, places, len(values))
        values.append(None)
    return Strata(places, values)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.hex() if isinstance(value, bytes) else str(value)
