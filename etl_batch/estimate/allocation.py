"""Stand-in until the branch of the estimators is merged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def allocate_counts(
    counts: npt.NDArray[np.int64], budget: int, power: float = 0.5, minimum: int = 2
) -> npt.NDArray[np.int64]:
    """Rows to draw of each stratum: clamp(c * N^power, minimum, N), which add up to the budget."""
    low, high = 0.0, float(budget) + 1
    rows = counts.astype(np.float64)
    least = np.minimum(rows, minimum)
    for _ in range(200):
        middle = (low + high) / 2
        if np.minimum(rows, np.maximum(least, middle * rows**power)).sum() > budget:
            high = middle
        else:
            low = middle
    exact = np.minimum(rows, np.maximum(least, low * rows**power))
    whole = np.floor(exact).astype(np.int64)
    short = min(budget, int(counts.sum())) - int(whole.sum())
    order = np.lexsort((np.arange(len(rows)), -(exact - whole)))
    order = order[whole[order] < counts[order]][: max(short, 0)]
    whole[order] += 1
    return whole
