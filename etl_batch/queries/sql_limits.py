"""What one question in SQL may use."""

from __future__ import annotations

from etl_batch.values import GIB, MIB

SECONDS = 30.0  #: then it is ended
STOP_SECONDS = 0.5  #: between asking it to end and killing it
DATA_BYTES = GIB  #: of private memory, all told
ENGINE_BYTES = 640 * MIB  #: that DuckDB is told; what it takes beyond is refused by the kernel
THREADS = 2
MOST_ROWS = 10_000
MOST_BYTES = 24 * MIB  #: of rows in memory; as texts in JSON they may be twice as much
ANSWER_BYTES = 96 * MIB
MOST_STATEMENT = 100_000  #: characters
