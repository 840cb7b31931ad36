"""Where tests draw their random moments from: the same in `make test` every time, others in `make torture`."""

from __future__ import annotations

import os
import random

#: what everybody draws from, so that what was green stays green; `make torture` sets another in the environment
FIXED_SEED = 20_261_129
SEED_VARIABLE = "ETL_SEED"


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
