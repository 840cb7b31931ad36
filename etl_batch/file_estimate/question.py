"""What is asked of a file, and how it is said with flags."""

from __future__ import annotations

import math
from collections.abc import Callable

from etl_batch.config import DEFAULT_MEASURES, DEFAULT_STRATA, JobConfig
from etl_batch.errors import ConfigError
from etl_batch.estimate.where import Where, parse_where
from etl_batch.light_dataclass import dataclass
from etl_batch.text.flag import option, same_option
from etl_batch.values import MIB

WHOLE_BYTES = 64 * MIB  #: a file of up to so many is read whole: that takes about as long as a sample of it
WHOLE_COLUMN_BYTES = (
    256 * MIB
)  #: the same of the columns of a Parquet or Arrow file that are needed, as they are stored


def _names(given: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in given.split(",")))
    if not all(names):
        raise ConfigError(f"--measures is {given!r}; give names of columns with commas between them")
    return names


def _confidence(given: float) -> float:
    if not 0.5 <= given < 1:
        raise ConfigError(f"--confidence is {given}; give a probability from 0.5 to below 1, such as 0.95")
    return given


def _share(given: str) -> float:
    text = given.strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = math.nan
    if not 1e-6 <= share < 1:
        raise ConfigError(f"--error-within is {given!r}; give a share such as 1% or 0.01, from 0.0001% to below 100%")
    return share


def _at_least(least: int, name: str) -> Callable[[int], int]:
    def checked(given: int) -> int:
        if given < least:
            raise ConfigError(f"{name} is {given}; give {least} or more")
        return given

    return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the user wants to know."""

    measures: tuple[str, ...] = option(
        DEFAULT_MEASURES, f"columns to add up ({','.join(DEFAULT_MEASURES)}, as far as there are such)",
        metavar="A,B", is_found=True, read=_names,
    )  # fmt: skip
    measures_named: bool = False  #: by the user; then one that is missing is an error
    strata: str | None = option(
        DEFAULT_STRATA, f"totals for each value of this column ({DEFAULT_STRATA}, if it is there)",
        metavar="COL", is_found=True,
    )  # fmt: skip
    strata_named: bool = False
    where: Where | None = option(
        None, "count only rows such as: quantity > 2 and product = 'MILK'", metavar="CONDITION", read=parse_where
    )
    #: half the interval's width, as a share of the total
    error_within: float | None = option(
        None, "read until the interval's half width is within this: 1%% or 0.01", metavar="E", read=_share
    )
    confidence: float = same_option(
        JobConfig, "confidence", help="how often the interval holds (%(default)s)", read=_confidence
    )
    sample_frac: float = same_option(JobConfig, "sample_frac", help="share of the rows to read (%(default)s)")
    #: of a sample whose error was not given
    max_rows: int = same_option(
        JobConfig, "sample_max_rows", help="at the most so many rows (%(default)s)",
        name="--sample-max-rows", read=_at_least(2, "--sample-max-rows"),
    )  # fmt: skip
    seed: int = same_option(
        JobConfig, "seed", help="another seed draws other rows (%(default)s)", read=_at_least(0, "--seed")
    )
    exact: bool = option(False, "read every row")
    whole_bytes: int = WHOLE_BYTES
    whole_column_bytes: int = WHOLE_COLUMN_BYTES
