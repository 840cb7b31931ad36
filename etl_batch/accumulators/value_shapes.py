"""How the values of a column lie, as the full profile has it: quantiles, a histogram, the most frequent. Pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from etl_batch.accumulators.profile_values import shown_value
from etl_batch.formats.facts import ColumnFacts
from etl_batch.formats.value_facts import Value, ValueFacts
from etl_batch.kernels.value_fields import BIN_BITS

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MOST_TOP = 10
_BARS = 20
_SIZE_ERROR = 2.0**-8  #: half of a bin's width, as a share of its value
_TIMES = ("date", "timestamp", "local_timestamp")
_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_SECONDS = 86_400
_SIGN = 1 << 63

Weighed = Sequence[tuple[Any, int]]  # values, ascending, and how many there are of each


def values_of(facts: ColumnFacts, values: ValueFacts) -> dict[str, Any]:
    """What the full profile says of a column beyond the light one."""
    is_exact = values.counts is not None
    return {
        "distinct": min(values.distinct, facts.values),  # registers may tell of more than there are
        "distinct_method": "exact" if is_exact else "HyperLogLog",
        "quantiles": _quantiles(facts, values),
        "histogram": _histogram(facts, values),
        "top": _top(facts, values),
        "examples": [shown_value(facts.type, values.kept[key]) for key in sorted(values.kept)],
    }


def _top(facts: ColumnFacts, values: ValueFacts) -> dict[str, Any]:
    """The most frequent values; of equally frequent ones in an order of their own."""
    if values.counts is None:
        return {"method": "not known", "values": []}
    by_count = sorted(values.counts.items(), key=lambda pair: (-pair[1][0], pair[0]))[:MOST_TOP]
    found = [{"value": shown_value(facts.type, value), "count": count} for _, (count, value) in by_count]
    return {"method": "exact", "values": found}


def _weighed(facts: ColumnFacts, values: ValueFacts) -> tuple[Weighed, bool]:
    """The numbers of a column as far as they are known apart, and whether that is exactly."""
    if values.counts is not None and facts.least is not None:
        pairs = [(value, count) for count, value in values.counts.values() if _is_finite(value)]
        return sorted(pairs), True
    return [(_middle(facts, place), values.bins[place]) for place in sorted(values.bins)], False


def _is_finite(value: Value) -> bool:
    return not isinstance(value, bytes) and value is not None and math.isfinite(value)


def _middle(facts: ColumnFacts, place: int) -> float | int:
    """What stands for the values of a bin, within the least and the most of all."""
    least, most = facts.least or 0, facts.most or 0
    if facts.type.startswith(_TIMES):
        return min(max(place * _day(facts.type), least), most)
    low, high = _edge(place), _edge(place + 1)
    if isinstance(facts.least, float):
        return min(max((low + high) / 2, least), most)
    return min(max((math.ceil(low) + math.ceil(high) - 1) // 2, least), most)  # of whole numbers, one of them


def _edge(place: int) -> float:
    """The least number of a bin by size."""
    ordered = place << 64 - BIN_BITS
    bits = ordered ^ _SIGN if ordered & _SIGN else ordered ^ (2 * _SIGN - 1)
    (value,) = struct.unpack("<d", struct.pack("<Q", bits))
    return float(value)


def _day(kind: str) -> int:
    """The ticks of a day."""
    return 1 if kind == "date" else _DAY_SECONDS * _TICKS[kind.rstrip("]").partition("[")[2]]


def _quantiles(facts: ColumnFacts, values: ValueFacts) -> dict[str, Any] | None:
    """The least value that so large a share of all is not above; null of what has no order of numbers."""
    weighed, is_exact = _weighed(facts, values)
    if facts.least is None or facts.type == "bool" or not weighed:
        return None
    reached = list(accumulate(count for _, count in weighed))
    found = {}
    for share in QUANTILES:
        rank = max(math.ceil(share * reached[-1]), 1)
        place = next(number for number, upto in enumerate(reached) if upto >= rank)
        found[str(share)] = shown_value(facts.type, weighed[place][0], rounded=not is_exact)
    if is_exact:
        return {"error": 0, "of": None, "values": found}
    is_time = facts.type.startswith(_TIMES)
    return {"error": 1 if is_time else _SIZE_ERROR, "of": "day" if is_time else "value", "values": found}


def _histogram(facts: ColumnFacts, values: ValueFacts) -> dict[str, Any] | None:
    """How many values lie in each of some equal parts from the least to the most; an edge belongs to the part above."""
    weighed, is_exact = _weighed(facts, values)
    if facts.least is None or facts.most is None or facts.type == "bool" or not weighed:
        return None
    least, most = facts.least, facts.most
    bars = 1 if least == most else _BARS
    counts = [0] * bars
    for value, count in weighed:
        share = 0.0 if bars == 1 else float((value - least) / (most - least))
        counts[min(int(share * bars), bars - 1)] += count
    edges = [shown_value(facts.type, edge, rounded=True) for edge in _edges(least, most, bars)]
    return {"method": "exact" if is_exact else "bins", "edges": edges, "counts": counts}


def _edges(least: float, most: float, bars: int) -> Iterator[float]:
    yield least
    for number in range(1, bars):
        yield least + (most - least) * number / bars
    yield most
