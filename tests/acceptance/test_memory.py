"""Memory does not grow with the input."""

from __future__ import annotations

import os
import resource

from etl_batch.etl_core import run
from etl_batch.values import KIB, MIB
from tests.conftest import Home

LAYOUT = 'record_size = 64\n[[field]]\nname = "a"\ntype = "u8"\n'


def _peak(home: Home, size: int) -> int:
    """Peak of all workers, for a sparse input of so many bytes."""
    source = home.put("sparse.bin", b"", LAYOUT)
    os.truncate(source, size)
    result = run(home.config(source, workers=2))
    assert result.rows_out == size // 64
    assert result.outputs[0].bytes == 2 + 2 * result.rows_out
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    return result.peak_rss_bytes - own


def test_sixteen_times_the_input_takes_the_same_memory(home: Home) -> None:
    small = _peak(home, 64 * MIB)
    large = _peak(home, 1024 * MIB)
    assert large < 1.1 * small + 8 * MIB
