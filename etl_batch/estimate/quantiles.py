"""Quantiles of the distributions that intervals need, from scipy.

scipy.special takes about 0.2 s to import, so it is imported only when a quantile is asked for.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_sample import Floats


def check_confidence(confidence: float) -> None:
    """Refuse a confidence level that no interval can have.

    Raises:
        ValueError: it does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; give a level between 0 and 1, such as 0.95")


def two_sided_normal(confidence: float) -> float:
    """How many standard errors a two-sided interval reaches to either side, such as 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def two_sided_t(confidence: float, df: npt.ArrayLike) -> Floats:
    """As `two_sided_normal`, of Student's t with `df` > 0 degrees of freedom (any shape; fractions allowed)."""
    distinct, where = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    quantiles = np.asarray(_special().stdtrit(distinct, (1 + confidence) / 2), dtype=np.float64)
    return quantiles[where].reshape(np.shape(df))


def chi_square(probability: float, df: npt.ArrayLike) -> Floats:
    """The value below which chi square with `df` degrees of freedom lies with this probability."""
    return np.asarray(_special().chdtri(df, 1 - probability), dtype=np.float64)


def beta(probability: float, a: float, b: float) -> float:
    """The value below which the beta distribution with `a` > 0 and `b` > 0 lies with this probability."""
    return float(_special().betaincinv(a, b, probability))


def _special() -> Any:  # noqa: ANN401 - scipy brings no types
    import scipy.special

    return scipy.special
