"""Axes: round numbers that span what is to be shown."""

from __future__ import annotations

import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_up(value: float) -> float:
    """The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below the value; 1 for what is not above 0."""
    if not (value > 0 and math.isfinite(value)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    # Divided, not multiplied: 1.1 / 0.1 must not come out above 11.
    return next((step * power for step in _STEPS if step * power >= value), 10 * power)


def ticks(top: float, most: int) -> list[float]:
    """Round numbers from 0 to `top`, at most so many steps apart."""
    step = round_up(top / most)
    return [step * number for number in range(math.floor(top / step + 1e-9) + 1)]
