"""Quantiles of Student's t, of chi-square and of the normal distribution.

One at a time, from the incomplete beta and gamma functions (continued fractions and series; Abramowitz and Stegun
1964, 6.5 and 26.5): `scipy.special` takes 0.25 s to load, a fifth of the time that the estimate of a file may take.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

_MOST_STEPS = 10_000
_TINY = 1e-300
_EPSILON = 1e-16
_NEWTON_STEPS = 8
_NEWTON_EPSILON = 1e-9  #: of the last step: it squares what is wrong, so that what is left is lost in rounding
_NORMAL_FROM_DF = 1e10  #: t and the normal distribution agree to all digits


def normal_quantile(p: float) -> float:
    """The value that a standard normal variable stays below with probability `p`, 0 < p < 1."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)


@lru_cache(maxsize=256)
def t_quantile(p: float, df: float) -> float:
    """The value that Student's t with `df` > 0 degrees of freedom stays below with probability `p`, 0 < p < 1."""
    _check(p, df)
    if p == 0.5:
        return 0.0
    if df >= _NORMAL_FROM_DF:
        return normal_quantile(p)
    tail = min(p, 1 - p)
    guess = _near_t(abs(normal_quantile(tail)), df)
    found = _newton_t(tail, df, guess)
    if found is None:
        found = _solve(lambda value: _t_above(value, df), tail, guess)
    return found if p > tail else -found


@lru_cache(maxsize=256)
def chi2_quantile(p: float, df: float) -> float:
    """The value that chi-square with `df` > 0 degrees of freedom stays below with probability `p`, 0 < p < 1."""
    _check(p, df)
    return _solve(lambda value: _gamma_ratio_above(df / 2, value / 2), 1 - p, df)


def _near_t(normal: float, df: float) -> float:
    """About the quantile of t, from that of the normal distribution, which is above 0 (A. & S. 26.7.5)."""
    cube = normal**3
    first = (cube + normal) / 4
    second = (5 * normal**5 + 16 * cube + 3 * normal) / 96
    return normal + first / df + second / df**2


def _newton_t(tail: float, df: float, value: float) -> float | None:
    """The quantile from a guess by Newton's method: where that works it takes 3 steps; None: it does not."""
    scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2
    for _ in range(_NEWTON_STEPS):
        density = math.exp(scale - (df + 1) / 2 * math.log1p(value * value / df))
        if density <= 0:
            return None
        step = (_t_above(value, df) - tail) / density
        value += step
        if value <= 0:
            return None
        if abs(step) < _NEWTON_EPSILON * value:
            return value
    return None


def _t_above(value: float, df: float) -> float:
    """The probability that t exceeds a value above 0."""
    return 0.5 * _beta_ratio(df / 2, 0.5, df / (df + value * value))


def _check(p: float, df: float) -> None:
    if not (0 < p < 1 and df > 0):
        raise ValueError(f"p is {p} and df is {df}; p lies between 0 and 1, df above 0")


def _solve(upper: Callable[[float], float], tail: float, guess: float) -> float:
    """Where a falling function of values above 0 reaches `tail`: bracketed, then narrowed (Illinois method)."""
    low, high = 0.0, max(guess, 1e-3)
    above, below = upper(low) - tail, upper(high) - tail
    while below > 0:
        low, above = high, below
        high *= 2
        below = upper(high) - tail
    for _ in range(_MOST_STEPS):
        if below == 0 or high - low < 4 * _EPSILON * high:
            return high
        middle = high - below * (high - low) / (below - above)
        if not low < middle < high:
            middle = (low + high) / 2
        value = upper(middle) - tail
        if value > 0:
            low, above, below = middle, value, below / 2
        else:
            high, below, above = middle, value, above / 2
    return (low + high) / 2


def _beta_ratio(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(scale) * _beta_fraction(a, b, x) / a
    return 1 - math.exp(scale) * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method.

    Written out, two steps at a time, for the intervals of some hundred strata take most of their time here.
    """
    tiny, below = _TINY, -_TINY
    both = a + b
    front = 1.0
    inverse = 1 / _away_from_zero(1 - both * x / (a + 1))
    result = inverse
    for half in range(1, _MOST_STEPS // 2):
        here = a + 2 * half
        numerator = half * (b - half) * x / ((here - 1) * here)
        value = 1 + numerator * inverse
        inverse = 1 / (value if value > tiny or value < below else tiny)
        value = 1 + numerator / front
        front = value if value > tiny or value < below else tiny
        ratio = front * inverse
        result *= ratio
        if ratio == 1:
            break
        here = a + (2 * half + 1)
        numerator = -(a + half) * (both + half) * x / ((here - 1) * here)
        value = 1 + numerator * inverse
        inverse = 1 / (value if value > tiny or value < below else tiny)
        value = 1 + numerator / front
        front = value if value > tiny or value < below else tiny
        ratio = front * inverse
        result *= ratio
        if ratio == 1:
            break
    return result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _gamma_ratio_above(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x)."""
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, _MOST_STEPS):
            term *= x / (a + step)
            total += term
            if term < total * _EPSILON:
                break
        return 1 - scale * total
    denominator = x + 1 - a
    front, inverse = 1 / _TINY, 1 / _away_from_zero(denominator)
    result = inverse
    for step in range(1, _MOST_STEPS):
        numerator = -step * (step - a)
        denominator += 2
        inverse = 1 / _away_from_zero(numerator * inverse + denominator)
        front = _away_from_zero(denominator + numerator / front)
        result *= front * inverse
        if abs(front * inverse - 1) < _EPSILON:
            break
    return scale * result
