"""What workers say: all that they have to say arrives as it was, and nothing else is ever made."""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
from collections.abc import Callable
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import EtlError, InputChanged, OutOfMemory, WorkerCrashed
from etl_batch.formats.csv.pieces import Checked, FirstLook
from etl_batch.pipeline.runners.answers import heard, say
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.pipeline.runners.worker_process import Failed, Returned
from etl_batch.sampling.finish import Finished
from etl_batch.values import PartResult, Rejected, Sandbox, Span, StratumEstimate, TotalEstimate

SPAN = Span(ordinal=1, source=0, start=2, stop=3, first_row=4, rows=5)
STRATUM = StratumEstimate(
    stratum="a", population=2, sample=1, total=1.5, std_error=None, ci_low=None, ci_high=float("inf"),
    exact_total=2**70, exact_total_text="1",
)  # fmt: skip
TOTAL = TotalEstimate(
    measure="m", total=1.5, std_error=0.5, df=None, confidence=0.95, ci_low=1.0, ci_high=2.0, rows_population=2,
    rows_sampled=1, method="t", strata=(STRATUM,),
)  # fmt: skip
PART = PartResult(
    span=SPAN, rows_in=5, rows_out=4, cells_escaped=1, csv_bytes=10, parquet_bytes=0, parquet_footer=b"PAR1",
    rejected=(Rejected(0, 5, 9, "broken", b"\xff"),), sample=b"s",
)  # fmt: skip
SANDBOX = Sandbox(landlock_abi=7, filesystem=True, network=True, seccomp=False, no_new_privs=True)


def _through(value: object) -> Any:  # noqa: ANN401 - whatever it was
    ours, theirs = Pipe()
    with ours, theirs:
        say(theirs, value)
        return heard(ours)


def _told(pickled: bytes) -> Any:  # noqa: ANN401
    ours, theirs = Pipe()
    with ours, theirs:
        theirs.send_bytes(pickled)
        return heard(ours)


@pytest.mark.parametrize(
    "value",
    [
        None, True, PART, Usage(1, 0.5, SANDBOX), Usage(1, 0.5), Returned(None), Returned(FirstLook(False, None)),
        Returned(Finished((TOTAL,), ("w",), b"x", None)), Returned(("a", [1.5, {"b": 2}])),
    ],
    ids=lambda value: type(getattr(value, "value", value)).__name__,
)  # fmt: skip
def test_all_that_a_worker_says_arrives(value: object) -> None:
    assert _through(value) == value


def test_arrays_arrive_and_can_be_changed() -> None:
    bad = np.arange(8, dtype=np.int64).reshape(2, 4)[:, ::2]
    checked = Checked(1, 2, 3, bad, broken_quotes=True, line_ends=(4, 5), classes=np.zeros(0, dtype=np.uint8))
    found = _through(Returned(FirstLook(True, checked))).value.checked
    assert (found.bad == bad).all()
    assert (found.bad.dtype, found.bad.shape, found.classes.shape) == (bad.dtype, (2, 2), (0,))
    found.bad[0, 0] = 7
    number = _through(np.uint64(2**64 - 1))
    assert (type(number), int(number)) == (np.uint64, 2**64 - 1)


def _kinds(kind: type[EtlError]) -> list[type[EtlError]]:
    return [kind, *(deeper for one in kind.__subclasses__() for deeper in _kinds(one))]


@pytest.mark.parametrize("kind", [one for one in _kinds(EtlError) if one.__module__.startswith("etl_batch.errors.")])
def test_every_error_arrives(kind: type[EtlError]) -> None:
    error = kind("what", mend="do this")
    found = _through(Failed(error)).error
    assert (type(found), found.message, found.what_to_do) == (kind, error.message, error.what_to_do)


class _Call:
    """A pickle that has its reader call something."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._way = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._way


class _Executed(Exception):
    """A reader did what it was told."""


def _harm(*_: object) -> None:
    raise _Executed


def _global(module: str, name: str) -> bytes:
    """A pickle that is a reference, as `STACK_GLOBAL` has it."""
    texts = b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
    return b"\x80\x04" + texts + b"\x93."


HARM = {
    "a program": _Call(os.system, "true"),
    "code": _Call(eval, "1"),
    "a file": _Call(open, "/dev/null"),
    "a function of ours": _Call(_harm),
    "what a class of ours holds": _global("etl_batch.errors.base", "EtlError.__subclasses__"),
    "a function beside our errors": _global("etl_batch.errors.by_code", "every_error"),
    "an error by the name of another module": _global("etl_batch.values", "ConfigError"),
    "what a module of ours holds": _global("etl_batch.pipeline.runners.answers", "pickle.loads"),
    "another function of the list's modules": _global("etl_batch.pipeline.runners.worker_process", "work"),
    "a path": Path("/x"),
    "an array as NumPy has them": np.zeros(3),
    "a number of objects": _Call(np.dtype, "O"),
    "a class of ours": Pipe,
}


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize(
    "wrap", [lambda one: one, Returned, lambda one: [{"a": (one,)}]], ids=["bare", "result", "deep"]
)
def test_nothing_else_is_ever_made(harm: str, wrap: Callable[[object], object]) -> None:
    given_ = HARM[harm]
    pickled = given_ if isinstance(given_, bytes) else pickle.dumps(wrap(given_))
    with pytest.raises(WorkerCrashed):
        _told(pickled)


@pytest.mark.parametrize(
    ("kind", "shape", "content"),
    [
        ("O", (1,), b"12345678"),
        ("<i8", (3,), b"1"),
        ("<i8", (2**62,), b""),
        ("V8", (1,), b"12345678"),
        ("nonsense", (), b""),
    ],
)
def test_an_array_of_something_else_is_none(kind: str, shape: tuple[int, ...], content: bytes) -> None:
    from etl_batch.pipeline.runners.answers import _array

    with pytest.raises(WorkerCrashed):
        _told(pickle.dumps(_Call(_array, kind, shape, content)))


@given(st.binary(max_size=60))
def test_noise_is_no_answer_and_makes_nothing(noise: bytes) -> None:
    with contextlib.suppress(WorkerCrashed, OutOfMemory):
        _told(b"\x80\x04" + noise)


@given(
    answer=st.sampled_from([Failed(InputChanged("a")), PART, Returned(TOTAL)]),
    place=st.integers(0, 10_000),
    byte=st.integers(0, 255),
)
def test_an_answer_with_one_wrong_byte_does_no_harm(answer: object, place: int, byte: int) -> None:
    whole = bytearray(pickle.dumps(answer))
    whole[place % len(whole)] = byte
    with contextlib.suppress(WorkerCrashed, OutOfMemory):
        _told(bytes(whole))


def test_a_length_without_content_is_an_end() -> None:
    ours, theirs = Pipe()
    with ours:
        with theirs:
            os.write(theirs.fileno(), struct.pack("!i", 100))
        with pytest.raises((EOFError, OSError)):
            heard(ours)


def test_an_error_says_what_to_do_still() -> None:
    assert "raise" in str(_through(Failed(OutOfMemory("x", mend="raise it"))).error)
