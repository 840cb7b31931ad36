"""What a death is called: each cause by its own class, whoever died, and nothing is blamed on memory that is not."""

from __future__ import annotations

import signal

import pytest

from etl_batch.errors import CpuLimit, EtlError, InputChanged, OutOfMemory, WorkerCrashed
from etl_batch.machine.deaths import NO_MEMORY, cause, death


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (NO_MEMORY, OutOfMemory, "a worker reached its memory limit"),
        (-signal.SIGBUS, InputChanged, "an input was cut short while it was being read"),
        (-signal.SIGXCPU, CpuLimit, "a worker used all the processor time it may"),
        (-signal.SIGKILL, WorkerCrashed, "a worker was killed by SIGKILL"),
        (-signal.SIGSEGV, WorkerCrashed, "a worker died of SIGSEGV"),
        (-40, WorkerCrashed, "a worker died of signal 40"),
        (1, WorkerCrashed, "a worker died with exit code 1"),
        (0, WorkerCrashed, "a worker died with exit code 0"),
        (None, WorkerCrashed, "a worker died with exit code None"),
    ],
)
def test_every_way_to_die(code: int | None, kind: type[EtlError], said: str) -> None:
    for where in ("", "span 7"):
        found = death(code, "a worker", where)
        assert type(found) is kind
        assert found.message == (f"{said} ({where})" if where else said)


@pytest.mark.parametrize(
    "printed", ["terminate: std::bad_alloc", "MemoryError", "x: failed to map segment from shared"]
)
def test_native_code_that_says_that_memory_ended(printed: str) -> None:
    assert type(death(-signal.SIGABRT, "a worker", printed=printed)) is OutOfMemory
    assert type(death(1, "a worker", printed=f"first\n{printed}\nlast")) is OutOfMemory


def test_a_process_that_ended_well_did_not_run_out_of_memory_whatever_it_printed() -> None:
    assert type(death(0, "a worker", printed="MemoryError")) is WorkerCrashed


def test_whoever_may_have_met_the_machine_s_end_of_memory_is_told_so() -> None:
    assert "ran out of memory" in death(-signal.SIGKILL, "a worker").what_to_do
    assert "ran out of memory" not in death(-signal.SIGSEGV, "a worker").what_to_do


def test_signals_by_their_names() -> None:
    assert [cause(code) for code in (-9, 3, -200)] == ["of SIGKILL", "with exit code 3", "of signal 200"]
