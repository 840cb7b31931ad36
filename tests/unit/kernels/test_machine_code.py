"""Machine code that is kept on disk: whole or made again, and loaded without Numba."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from etl_batch.kernels import compile as compiling
from etl_batch.kernels import machine_code
from etl_batch.kernels.compile import Kernel
from etl_batch.kernels.machine_code import Code
from etl_batch.kernels.unit_reads import code_keys


def numbered() -> list[int]:
    kernel = Kernel(code_keys._function, code_keys._signature)  # as another process would have it
    keys = np.array([7, 9, 7, 1, 9], np.uint64)
    slots, codes, firsts = (np.zeros(16, np.uint32) for _ in range(3))
    addresses = [array.ctypes.data for array in (slots, codes, firsts)]
    assert kernel(keys.ctypes.data, 8, 8, len(keys), addresses[0], 15, *addresses[1:]) == 3
    assert firsts[:3].tolist() == [0, 1, 3]
    return [int(code) for code in codes[:5]]


def test_it_is_compiled_once_kept_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "cache_folder", lambda: tmp_path)
    assert numbered() == [0, 1, 0, 2, 1]
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    assert numbered() == [0, 1, 0, 2, 1]
    assert kept.read_bytes() == whole
    kept.write_bytes(whole[:-100])  # a torn file is not run, but made again
    assert numbered() == [0, 1, 0, 2, 1]
    again = kept.read_bytes()
    assert hashlib.sha256(again[32:]).digest() == again[:32], "whole, behind its hash"
    assert len(again) > len(whole) - 100


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "cache_folder", lambda: tmp_path / "not there")
    assert numbered() == [0, 1, 0, 2, 1]


def test_what_another_state_of_the_source_left_is_taken_where_it_was_made_of_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / f"kernels-{state}" for state in "abc"]
    compiled: list[str] = []

    def compile_it(self: Kernel, sources: str) -> Code:
        compiled.append(sources)
        return really(self, sources)

    def keep_in(folder: Path, sources: str) -> bytes:
        folder.mkdir()
        monkeypatch.setattr(compiling, "key_of_one", lambda source: f"{source.stem}, {sources}")
        monkeypatch.setattr(machine_code, "cache_folder", lambda: folder)
        monkeypatch.setattr(machine_code, "earlier_folders", lambda: [at for at in folders if at != folder])
        assert numbered() == [0, 1, 0, 2, 1]
        return next(folder.iterdir()).read_bytes()

    really = Kernel._code
    monkeypatch.setattr(Kernel, "_code", compile_it)
    first = keep_in(folders[0], "as it was")
    assert keep_in(folders[1], "edited") != first
    assert keep_in(folders[2], "as it was") == first
    assert compiled == ["unit_reads, as it was", "unit_reads, edited"]


@pytest.mark.io
def test_numba_is_loaded_for_no_kernel_that_is_there() -> None:
    script = (
        "import sys; from etl_batch.kernels.all_kernels import compile_all; compile_all(); "
        "from etl_batch.pipeline.runners import csv_imports, record_imports, worker_imports; "
        "print('numba' in sys.modules)"
    )
    for _ in range(2):  # the first time may compile
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
