"""What workers need, imported once in the process that they are forked from, while their parent plans.

The kernels that most jobs run, and the modules whose values travel to workers, so that memory limits meet no import.
What the inputs need beside it, `ahead` names; what only some jobs need, the workers load themselves, all at the same
time.
"""

from etl_batch.accumulators import column_profile
from etl_batch.kernels.cache_folder import is_compiled, note_compiled
from etl_batch.kernels.pick_rows import pick_rows
from etl_batch.kernels.sample_rows import sample_rows
from etl_batch.kernels.short_keys import fill_slots
from etl_batch.kernels.stratum_codes import hash_texts
from etl_batch.pipeline import span_worker
from etl_batch.sampling import span_sampler

for _kernel in (fill_slots, sample_rows, hash_texts, pick_rows):
    _kernel.compile()
if not is_compiled():  # the first run says that it compiles, and no other: so it compiles what any of them needs
    from etl_batch.pipeline.runners import csv_imports, record_imports  # noqa: F401

    note_compiled()

__all__ = ["column_profile", "span_sampler", "span_worker"]
