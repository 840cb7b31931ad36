"""A descriptor as a file: it reads like one, whoever else moves the descriptor's own place."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.open_file import OpenFile

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(-1, 50), st.just(0)),
        st.tuples(st.just("seek"), st.integers(0, 60), st.just(os.SEEK_SET)),
        st.tuples(st.just("seek"), st.integers(-5, 5), st.sampled_from([os.SEEK_CUR, os.SEEK_END])),
    ),
    max_size=12,
)


@given(content=st.binary(max_size=40), steps=STEPS)
def test_it_reads_like_any_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, steps: list[tuple[str, int, int]]
) -> None:
    path = tmp_path_factory.mktemp("a") / "a"
    path.write_bytes(content)
    expected = io.BytesIO(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with OpenFile(descriptor) as file:
            for what, number, whence in steps:
                os.lseek(descriptor, number % 7 if number > 0 else 0, os.SEEK_SET)  # somebody else
                if what == "read":
                    assert file.read(number) == expected.read(number)
                elif _lands(expected, number, whence):
                    assert file.seek(number, whence) == expected.seek(number, whence)
                assert file.tell() == expected.tell()
        os.fstat(descriptor)  # still open
    finally:
        os.close(descriptor)


def _lands(file: io.BytesIO, number: int, whence: int) -> bool:
    return (0, file.tell(), len(file.getvalue()))[whence] + number >= 0


def test_no_more_memory_is_taken_than_there_are_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    try:
        assert OpenFile(descriptor).read(2**62) == b"abc"
    finally:
        os.close(descriptor)
