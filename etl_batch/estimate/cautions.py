"""What a user should know about an estimate, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etl_batch.estimate.heavy_tails import ROW_SHARE_TO_WARN, SKEWNESS_TO_WARN, largest_row_share
from etl_batch.estimate.intervals import Estimates
from etl_batch.estimate.moments import Moments

LOW_N = 30  #: sampled rows below which a stratum's own interval is flagged
_FLAT_SHARE_TO_WARN = 0.5  #: of the unseen rows, in strata whose sampled values are all equal
_NAMED = 3  #: strata named in one sentence


def warnings_about(moments: Moments, whole: Estimates, borrowers: Sequence[str]) -> tuple[str, ...]:
    """All that should be said, each in one sentence.

    Args:
        moments: of the strata.
        whole: the total of all strata (S = 1).
        borrowers: names of the strata that have borrowed their variance.
    """
    said: list[str | None] = [
        not_finite(moments.not_finite) if moments.not_finite else None,
        borrowed(borrowers) if borrowers and whole.known[0] else None,
    ]
    unseen = np.where(moments.uncertain, moments.rows - moments.sampled, 0)
    flat = moments.uncertain & (moments.sampled >= 2) & (moments.variances == 0)
    if whole.known[0]:
        flat_share = float(unseen[flat].sum() / unseen.sum())
        said += [
            flat_strata(int(flat.sum()), flat_share) if flat_share > _FLAT_SHARE_TO_WARN else None,
            skewed(float(whole.skewness[0])),
            one_row(largest_row_share(moments, float(whole.variances[0]))),
        ]
    elif unseen.any():
        said.append(no_variance(int(unseen.sum())) if flat.any() else unknown_variance())
    few = int((moments.uncertain & (moments.sampled < LOW_N)).sum())
    said += [
        low_n(few, len(moments.rows)) if few else None,
        beyond_floats() if not _fits(whole) else None,
    ]
    return tuple(sentence for sentence in said if sentence is not None)


def _fits(whole: Estimates) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.isfinite(whole.totals * whole.scale).all())


def not_finite(count: int) -> str:
    """Values that are no numbers."""
    return f"{count} sampled {_values(count)} NaN or infinite; in the estimate they count as 0."


def borrowed(names: Sequence[str]) -> str:
    """Strata whose variance is another's."""
    return (
        f"{_strata(names)} fewer than 2 sampled rows besides those taken for certain; the spread of the stratum "
        "nearest in size stands in for their own."
    )


def low_n(count: int, strata: int) -> str:
    """Strata with few sampled rows."""
    which = "The stratum has" if strata == 1 else f"{count} of {strata} strata have"
    whose = "its" if strata == 1 else "their"
    return f"{which} fewer than {LOW_N} sampled rows (low n); read {whose} own interval{'s' * (strata > 1)} with care."


def no_variance(rows: int) -> str:
    """All sampled values are equal wherever rows were left out."""
    return (
        f"All sampled values of a stratum are equal, in every stratum, while {rows} rows were not seen; "
        "how far the total may be off is not known, so no interval is given."
    )


def unknown_variance() -> str:
    """Not two rows that could be compared."""
    return (
        "There are not two sampled rows to compare; how far the total may be off is not known, so no interval is given."
    )


def flat_strata(count: int, share: float) -> str:
    """Much of what was not seen lies in strata whose sampled values are all equal."""
    return (
        f"In {count} {'stratum' if count == 1 else 'strata'}, with {share:.0%} of the rows not seen, all sampled "
        "values are equal; they add nothing to the width of the interval, which may be too narrow."
    )


def skewed(skewness: float) -> str | None:
    """The estimate is skewed; None: not by much."""
    if not abs(skewness) > SKEWNESS_TO_WARN:
        return None
    return (
        f"The values are strongly skewed (skewness of the estimate {skewness:.2f}); the interval may miss "
        "more often than it says. A larger sample helps."
    )


def one_row(share: float) -> str | None:
    """A single row decides about the width; None: none does."""
    if not share > ROW_SHARE_TO_WARN:
        return None
    return (
        f"One sampled row supplies {share:.0%} of the estimated variance; rows as large may have been missed, "
        "and the interval may be too narrow. A larger sample helps."
    )


def beyond_floats() -> str:
    """The sum leaves the range of 64-bit floats."""
    return "The total, or a bound of its interval, is larger than a 64-bit float can hold."


def _strata(names: Sequence[str]) -> str:
    some = ", ".join(repr(name) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Stratum {some} has" if len(names) == 1 else f"{len(names)} strata ({some}{more}) have"


def _values(count: int) -> str:
    return "value is" if count == 1 else "values are"
