"""What the process that workers are forked from loads ahead for a job, as far as its configuration tells.

It starts before anything is opened. So this goes by names, and knows no format: where a name says nothing, what every
kind of input needs is loaded, and where it is wrong, a worker loads what it needs itself.
"""

from __future__ import annotations

from pathlib import Path

from etl_batch.config import JobConfig
from etl_batch.options.input_reading import InputFormat

_RUNNERS = "etl_batch.pipeline.runners"
_RECORDS, _CSV = f"{_RUNNERS}.record_imports", f"{_RUNNERS}.csv_imports"
_PARQUET = "etl_batch.formats.parquet.parquet_input"
#: by the end of a name, or by what it is said to be
_NEEDED = {".bin": _RECORDS, "binary": _RECORDS, ".csv": _CSV, "csv": _CSV, ".parquet": _PARQUET, "parquet": _PARQUET}
ANY_INPUT = (_RECORDS, _CSV, _PARQUET)
PARQUET_OUTPUT = f"{_RUNNERS}.parquet_imports"


def ahead_of(config: JobConfig) -> tuple[str, ...]:
    """The modules that a job needs beside what every job does."""
    output = (PARQUET_OUTPUT,) if config.output_parquet is not None else ()
    said = {str(config.format)} if config.format != InputFormat.AUTO else {_end(given) for given in config.inputs}
    if not said <= _NEEDED.keys():
        return (*ANY_INPUT, *output)
    return (*sorted({_NEEDED[word] for word in said}), *output)


def _end(given: str) -> str:
    return Path(given).suffix.lower()
