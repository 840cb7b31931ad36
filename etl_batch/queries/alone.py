"""Arrow for a process of one thread that is about to shut itself in. Imported before anything else imports pyarrow."""

import os
import sys

# One of the allocators that pyarrow brings would start a thread, and that would stay outside.
os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"


class _NoPandas:
    """pyarrow and DuckDB load pandas when they first make an array: half a second, for what nothing here needs."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Say that it is not there.

        Raises:
            ModuleNotFoundError: it is asked for.
        """
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


sys.meta_path.insert(0, _NoPandas)

import pyarrow as pa  # noqa: E402
import pyarrow.compute  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401

__all__ = ["pa"]
