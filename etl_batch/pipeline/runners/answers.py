"""What workers say, read as values and nothing else.

A worker that was taken over may say anything, and a pickle can have whoever reads it call anything. So the parent makes
only what stands in a list: frozen values, errors, and arrays of plain numbers in a form of our own, for NumPy believes
what its pickles say of memory.
"""

from __future__ import annotations

import io
import pickle
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from etl_batch import errors
from etl_batch.errors import EtlError, OutOfMemory, WorkerCrashed

if TYPE_CHECKING:
    from etl_batch.kernels.columns import Array

#: by module, so that nothing is loaded that a job does not need
_VALUES = {
    "etl_batch.values": {
        "PartResult", "Rejected", "Sandbox", "Span", "StratumEstimate", "TotalEstimate",
    },
    "etl_batch.pipeline.runners.runner": {"Usage"},
    "etl_batch.pipeline.runners.worker_process": {"Failed", "Returned"},
    "etl_batch.formats.csv.pieces": {"Checked", "FirstLook"},
    "etl_batch.formats.framed.walk": {"Walked"},
    "etl_batch.formats.csv.copied_rows": {"Copied", "Milestone"},
    "etl_batch.formats.csv.cell_rules": {"Met"},
    "etl_batch.formats.binary.exact_column": {"ExactSum"},
    "etl_batch.formats.binary.kind_rows": {"Held"},
    "etl_batch.formats.binary.kinds_walk": {"AtAnEnd", "NoType", "Seen"},
    "etl_batch.sampling.finish": {"Finished"},
    "etl_batch.errors.base": {"_rebuild"},
    __name__: {"_array"},
}  # fmt: skip
_PLAIN_NUMBERS = "biuf"  #: kinds of NumPy's
_NOT_SAID = (
    pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError, OverflowError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip


class _Writer(pickle.Pickler):
    """In a worker."""

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401 - whatever is said
        """Arrays, and single numbers of NumPy, by `_array`."""
        if type(value).__module__ != "numpy" or not hasattr(value, "tobytes"):
            return NotImplemented
        return _array, (value.dtype.str, value.shape, value.tobytes())


class _Reader(pickle.Unpickler):
    """In the parent."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class or a function
        """Only what stands in the list.

        Raises:
            UnpicklingError: it does not.
        """
        if name in _VALUES.get(module, ()):
            return super().find_class(module, name)
        kind = getattr(errors, name, None)
        if isinstance(kind, type) and issubclass(kind, EtlError) and kind.__module__ == module:
            return kind
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that a worker says")


def say(pipe: Connection, value: object) -> None:
    """Say something to the parent.

    Raises:
        OSError: it is gone.
    """
    said = io.BytesIO()
    _Writer(said).dump(value)
    pipe.send_bytes(said.getbuffer())


def heard(pipe: Connection) -> Any:  # noqa: ANN401 - a value of the list, or one that Python has built in
    """What a worker says.

    Raises:
        WorkerCrashed, OutOfMemory: nothing that a worker of ours says.
        EOFError, OSError: it is gone.
    """
    said = pipe.recv_bytes()
    try:
        return _Reader(io.BytesIO(said)).load()
    except MemoryError as error:
        raise OutOfMemory("what a worker says does not fit into the memory") from error
    except _NOT_SAID as error:
        raise WorkerCrashed(
            "a worker said something that is no result; the inputs may have been made to harm",
            mend="look at where the inputs come from, and report it",
        ) from error


def _array(kind: str, shape: tuple[int, ...], content: bytes) -> Array:
    """An array, or a single number, of a plain kind.

    Raises:
        ValueError: it is of another kind, or its bytes do not fit.
    """
    import numpy as np

    dtype = np.dtype(str(kind))
    if dtype.kind not in _PLAIN_NUMBERS:
        raise ValueError(f"{kind!r} is no plain number")
    found = np.frombuffer(bytes(content), dtype=dtype).reshape(shape).copy()
    return found if shape else found[()]
