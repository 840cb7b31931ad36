"""What workers need beside `worker_imports` where they write Parquet: loaded once, before they are forked.

pyarrow takes 0.15 s to load. A job that writes no Parquet never waits for this.
"""

import os

# One of the allocators that pyarrow brings would start a thread; a process that others are forked from has but one.
os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
# And two allocators in each worker keep two heaps of what was freed: NumPy's memory comes from the C library, too.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"

import pyarrow._compute
import pyarrow.parquet

from etl_batch.formats.parquet import row_group
from etl_batch.kernels.dictionary_codes import code_numbers, code_texts, write_texts
from etl_batch.kernels.pack_codes import pack_codes
from etl_batch.kernels.pack_differences import pack_differences
from etl_batch.kernels.plain_texts import write_plain_texts

for _kernel in (code_numbers, code_texts, write_texts, pack_codes, pack_differences, write_plain_texts):
    _kernel.compile()

__all__ = ["pyarrow", "row_group"]
