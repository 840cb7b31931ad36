"""What is asked of a file."""

from __future__ import annotations

from dataclasses import dataclass

from etl_batch.estimate.where import Where
from etl_batch.values import MIB

DEFAULT_STRATA = "product"
DEFAULT_MEASURES = ("quantity", "value")
WHOLE_BYTES = 64 * MIB  #: a file of up to so many is read whole: that takes about as long as a sample of it
WHOLE_COLUMN_BYTES = 256 * MIB  #: the same of the columns of a Parquet file that are needed, as they are stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the user wants to know."""

    measures: tuple[str, ...] = DEFAULT_MEASURES
    measures_named: bool = False  #: by the user; then one that is missing is an error
    strata: str | None = DEFAULT_STRATA
    strata_named: bool = False
    where: Where | None = None
    confidence: float = 0.95
    error_within: float | None = None  #: half the interval's width, as a share of the total
    sample_frac: float = 0.005
    max_rows: int = 200_000  #: of a sample whose error was not given
    seed: int = 0
    exact: bool = False
    whole_bytes: int = WHOLE_BYTES
    whole_column_bytes: int = WHOLE_COLUMN_BYTES
