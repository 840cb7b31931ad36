"""Too many strata for the budget: the smallest ones are united into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitedStrata:
    """Which stratum each stratum belongs to now."""

    stratum_of: dict[str, str]  #: the old name and the new one; equal where nothing changed
    united: tuple[str, ...]  #: old names of the strata that became one, sorted; empty: none had to


def unite_smallest(
    populations: Mapping[str, int], budget: int, minimum: int = 2, name: str = "(united)"
) -> UnitedStrata:
    """Unite as few of the smallest strata as it takes for the budget to reach for `minimum` rows of every stratum.

    Equal sizes are taken in the order of their names, so that the outcome does not depend on the order of the strata.

    Args:
        populations: rows of each stratum.
        budget: rows to sample in all.
        minimum: rows of a stratum at least; of a smaller stratum, all of them.
        name: of the united stratum; it may be the name of one that is united, too.

    Raises:
        ValueError: the budget is smaller than `minimum`.
    """
    if budget < minimum:
        raise ValueError(f"a budget of {budget} rows is too small: one stratum takes {minimum}")
    smallest_first = sorted(populations, key=lambda stratum: (populations[stratum], stratum))
    apart = sum(min(rows, minimum) for rows in populations.values())
    together = 0
    united = 0
    while apart + min(together, minimum) > budget:
        rows = populations[smallest_first[united]]
        apart -= min(rows, minimum)
        together += rows
        united += 1
    names = set(smallest_first[:united])
    if names and name in populations:
        names.add(name)
    return UnitedStrata(
        {stratum: name if stratum in names else stratum for stratum in populations}, tuple(sorted(names))
    )
