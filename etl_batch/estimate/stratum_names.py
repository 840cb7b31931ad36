"""The names of strata that no value has, and the keys that stand for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NULL_STRATUM = "(null)"

OTHER_STRATUM = "(other)"


Hashes = npt.NDArray[np.uint64]

NULL_KEY = np.uint64(0)

OTHER_KEY = np.uint64(2**64 - 1)  #: of the strata that are not kept apart
