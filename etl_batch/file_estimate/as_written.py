"""How an output of ours is read: as the metadata beside it say that it was written, where nobody says otherwise."""

from __future__ import annotations

import os
from dataclasses import replace

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.options.input_reading import InputReading
from etl_batch.pipeline.outputs.run_files import metadata_of_run
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place


def as_written(config: JobConfig, where: Place) -> JobConfig:
    """The config of an estimate, with the delimiter and the encoding of the run that left the file.

    Args:
        config: what was said; a delimiter or an encoding of it stays.
        where: the file.
    """
    if config.delimiter is not None or config.encoding != InputReading.encoding:
        return config
    try:
        metadata = metadata_of_run(where)
        descriptor = open_input(where)
    except (EtlError, ValueError):  # it is nobody's output, or cannot be opened: whoever opens it says so
        return config
    try:
        dialect = metadata.dialect(descriptor, where.relative.name)
    finally:
        os.close(descriptor)
    return config if dialect is None else replace(config, delimiter=dialect["delimiter"], encoding=dialect["encoding"])
