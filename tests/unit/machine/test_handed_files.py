"""Files that travel with messages: each message brings its own, and takes those of the one before away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import InputChanged
from etl_batch.machine import handed_files
from etl_batch.machine.handed_files import NeededFile, handed, receive, send


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = Pipe()
    yield ours, theirs
    send(ours, None)
    receive(theirs)
    ours.close()
    theirs.close()


def _file(path: Path) -> NeededFile:
    return NeededFile(path, partial(os.open, path, os.O_RDONLY))


def _content(key: object) -> bytes:
    descriptor = handed(key)
    assert descriptor is not None
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def _open_files() -> list[str]:
    return os.listdir("/proc/self/fd")  # noqa: PTH208


def test_a_file_is_at_hand_until_the_next_message(tmp_path: Path, pipe: tuple[Connection, Connection]) -> None:
    ours, theirs = pipe
    before = len(_open_files())
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    send(ours, "first", [_file(tmp_path / "a"), _file(tmp_path / "b")])
    send(ours, "second", [_file(tmp_path / "b")])
    send(ours, "third")
    assert receive(theirs) == "first"
    assert (_content(tmp_path / "a"), _content(tmp_path / "b")) == (b"a", b"b")
    kept = handed(tmp_path / "a")
    assert receive(theirs) == "second"
    assert handed(tmp_path / "a") is None
    assert _content(tmp_path / "b") == b"b"
    assert receive(theirs) == "third"
    assert handed(tmp_path / "b") is None
    assert kept is not None
    os.close(kept)  # still open: it was a copy
    assert len(_open_files()) == before


def test_two_openings_of_a_file_share_no_place(tmp_path: Path, pipe: tuple[Connection, Connection]) -> None:
    ours, theirs = pipe
    (tmp_path / "a").write_text("abc")
    for _ in range(2):
        send(ours, None, [_file(tmp_path / "a")])
        receive(theirs)
        assert _content(tmp_path / "a") == b"abc"


def test_one_that_cannot_be_opened_is_refused_where_it_is_used(
    tmp_path: Path, pipe: tuple[Connection, Connection]
) -> None:
    ours, theirs = pipe

    def gone() -> int:
        raise InputChanged("it is gone")

    (tmp_path / "b").write_text("b")
    send(ours, "work", [NeededFile("a", gone), _file(tmp_path / "b")])
    assert receive(theirs) == "work"
    with pytest.raises(InputChanged, match="it is gone"):
        handed("a")
    assert _content(tmp_path / "b") == b"b"
    send(ours, "more")
    receive(theirs)
    assert handed("a") is None


@given(
    st.lists(st.tuples(st.binary(max_size=300_000), st.lists(st.integers(0, 5), max_size=6, unique=True)), max_size=6)
)
def test_messages_and_files_stay_together(
    tmp_path_factory: pytest.TempPathFactory, messages: list[tuple[bytes, list[int]]]
) -> None:
    """Whatever is on its way, also where a message is longer than the pipe holds."""
    import threading

    folder = tmp_path_factory.mktemp("files")
    for number in range(6):
        (folder / str(number)).write_text(str(number))
    ours, theirs = Pipe()

    def say() -> None:
        for message, numbers in [*messages, (b"", [])]:
            send(ours, message, [_file(folder / str(number)) for number in numbers])

    speaker = threading.Thread(target=say, daemon=True)
    speaker.start()
    for message, numbers in messages:
        assert receive(theirs) == message
        assert {number: _content(folder / str(number)) for number in numbers} == {n: str(n).encode() for n in numbers}
        assert len(handed_files._handed) == len(numbers)
    receive(theirs)
    speaker.join()
    ours.close()
    theirs.close()
