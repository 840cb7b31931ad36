"""The memory of a process, out of what the kernel says of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.speed.memory import bytes_of_descendants, own_bytes

ROLLUP = """\
Rss:               23456 kB
Pss:               12345 kB
Pss_Dirty:          8000 kB
Pss_Anon:           7000 kB
Pss_File:           2345 kB
Pss_Shmem:          3000 kB
SwapPss:             100 kB
"""
MAPPINGS = """\
7f0000000000-7f0000100000 r--s 00000000 00:18 12                         /dev/shm/bench/data/whole.bin
Size:               1024 kB
Pss:                2000 kB
Pss_Dirty:             0 kB
7f0000200000-7f0000300000 rw-s 00000000 00:01 13                         /memfd:spans (deleted)
Pss:                 500 kB
7f0000400000-7f0000500000 rw-p 00000000 00:00 0
Pss:                 400 kB
7f0000600000-7f0000700000 r--s 00000000 00:18 14                         /dev/shm/bench/output/out.csv (deleted)
Pss:                  40 kB
7f0000800000-7f0000900000 r--s 00000000 00:18 15                         /dev/shm/benchmark/other
Pss:                  60 kB
"""
FOLDER = Path("/dev/shm/bench")  # noqa: S108 - nothing is opened


def test_pages_of_files_are_no_memory() -> None:
    assert own_bytes(ROLLUP, "", FOLDER) == (7000 + 3000 + 100) * 1024


def test_files_in_memory_are_told_from_shared_memory() -> None:
    assert own_bytes(ROLLUP, MAPPINGS, FOLDER) == (7000 + 3000 + 100 - 2000 - 40) * 1024


def test_what_was_read_at_two_moments_is_never_less_than_nothing() -> None:
    assert own_bytes("Pss_Anon: 10 kB\nPss_Shmem: 10 kB\n", MAPPINGS, FOLDER) == 0


#: a child of it maps a file beneath the folder, holds 32 MiB, says so, and waits
HOLDS = """
import mmap, subprocess, sys
inner = '''
import mmap, sys
held = bytearray(b"x") * (32 << 20)
with open(sys.argv[1], "rb") as file:
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
sum(mapped[::4096])
print("there", flush=True)
sys.stdin.read()
'''
subprocess.run([sys.executable, "-c", inner, sys.argv[1]])
"""


@pytest.mark.io
def test_children_of_children_count_and_what_they_map_does_not(tmp_path: Path) -> None:
    before = bytes_of_descendants(os.getpid(), tmp_path)
    file = tmp_path / "mapped"
    file.write_bytes(b"x" * (64 << 20))
    command = [sys.executable, "-c", HOLDS, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        held = bytes_of_descendants(os.getpid(), tmp_path) - before
        process.communicate()
    assert 32 << 20 <= held < 64 << 20
