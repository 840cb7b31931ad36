"""Where tests draw their random moments from, and how often: the same in `make test` every time.

`make torture` draws others, `make test-unit` fewer.
"""

from __future__ import annotations

import os
import random

#: what everybody draws from, so that what was green stays green; `make torture` sets another in the environment
FIXED_SEED = 20_261_129
SEED_VARIABLE = "ETL_SEED"
#: set by `make test-unit`, which is to answer within a minute
QUICK_VARIABLE = "ETL_QUICK_TESTS"


def seed() -> int:
    """The seed of this run of the tests."""
    return int(os.environ.get(SEED_VARIABLE, FIXED_SEED))


def explores() -> bool:
    """Whether other cases are tried than those that everybody tries."""
    return SEED_VARIABLE in os.environ


def chance(purpose: str) -> random.Random:
    """The random numbers of one test; those of another do not depend on how many it draws."""
    return random.Random(f"{seed()} {purpose}")


def kills(usual: int) -> int:
    """How often a test kills: as often as it takes to try each way, or, where it explores, three times that."""
    return 3 * usual if explores() else usual


def examples(usual: int) -> int:
    """How many examples a property is tried with: a tenth, ten at least, where a quick answer is wanted."""
    return min(usual, max(10, usual // 10)) if QUICK_VARIABLE in os.environ else usual
