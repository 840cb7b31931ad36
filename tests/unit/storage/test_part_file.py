"""The growing file and the hash behind it, whatever the order of the writes."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.errors import DiskFull, OutputFailed
from etl_batch.machine.shared_buffers import Held
from etl_batch.storage.hash_follower import Mark, rehash
from etl_batch.storage.os_refusals import write_refused
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.roots import Place, place
from tests.helpers.chance import examples
from tests.helpers.descriptors import nothing_left_open

JOB = "20251115T101530Z-0a1b2c"


@pytest.fixture
def target(tmp_path: Path) -> Place:
    return place(str(tmp_path / "out.csv"), (tmp_path,))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(30))
@given(st.lists(st.binary(max_size=50), max_size=8), st.randoms())
def test_every_wanted_hash_is_noted(target: Place, pieces: list[bytes], chance: object) -> None:
    part = PartFile.create(target, JOB, b"head")
    try:
        granted = []
        for piece in pieces:
            granted.append((part.grant(len(piece)), piece))
            part.hash.want(part.size)
        chance.shuffle(granted)  # type: ignore[attr-defined]
        for offset, piece in granted:
            os.pwrite(part.descriptor, piece, offset)
            if piece:
                part.written(offset, len(piece))
        whole = b"head" + b"".join(pieces)
        assert part.is_written
        assert part.sha256() == _sha256(whole)
        size = len(b"head")
        for piece in pieces:
            size += len(piece)
            assert part.hash.at(size) == _sha256(whole[:size])
    finally:
        part.close()
        part.place.path.unlink()


@dataclass
class Memory:
    """What a worker holds, and how often it was told that it may have it back."""

    content: memoryview
    releases: int = 0

    def release(self) -> None:
        self.releases += 1


def held_in(memory: Memory) -> Held:
    return cast("Held", memory)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(60))
@given(
    st.lists(st.tuples(st.binary(max_size=9_000), st.booleans()), max_size=8), st.lists(st.integers(0)), st.randoms()
)
def test_hashed_from_memory_or_read_back_it_is_the_same(
    target: Place, pieces: list[tuple[bytes, bool]], wanted: list[int], chance: Random
) -> None:
    whole = b"head" + b"".join(piece for piece, _ in pieces)
    part = PartFile.create(target, JOB, b"head")
    try:
        granted = [(part.grant(len(piece)), piece, is_held) for piece, is_held in pieces if piece]
        offsets = sorted({4 + at % (len(whole) - 3) for at in wanted} | {len(whole)})
        for offset in offsets:
            part.hash.want(offset)
        chance.shuffle(granted)
        memories = []
        for offset, piece, is_held in granted:
            os.pwrite(part.descriptor, piece, offset)
            if is_held:
                memories.append(Memory(memoryview(piece)))
            part.written(offset, len(piece), held_in(memories[-1]) if is_held else None)
        assert part.sha256() == _sha256(whole) == _sha256(part.place.path.read_bytes())
        assert [memory.releases for memory in memories] == [1] * len(memories)
        for offset in offsets:
            assert part.hash.at(offset) == _sha256(whole[:offset])
    finally:
        part.close()
        part.place.path.unlink()


@pytest.mark.parametrize("on_disk", [b"x" * 9_999 + b"y", b"x" * 9_999, b"", b"x" * 10_001])
def test_a_file_that_is_not_what_was_written_is_noticed(target: Place, on_disk: bytes) -> None:
    part = PartFile.create(target, JOB, b"")
    memory = Memory(memoryview(b"x" * 10_000))
    os.pwrite(part.descriptor, on_disk, 0)
    part.written(part.grant(10_000), 10_000, held_in(memory))
    with pytest.raises(OutputFailed, match=r"does not hold what was written|10001 bytes, and 10000 were written"):
        part.sha256()
    assert memory.releases == 1
    part.close()


def test_a_hash_that_failed_holds_no_worker_up(target: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "preadv", _fails)
    part = PartFile.create(target, JOB, b"head")  # read back, in vain
    part.hash.stop()
    memory = Memory(memoryview(b"tail"))
    os.pwrite(part.descriptor, b"tail", 4)
    part.written(part.grant(4), 4, held_in(memory))
    assert memory.releases == 1
    with pytest.raises(OutputFailed, match="could not be read back"):
        part.sha256()
    part.close()


def test_a_file_is_taken_up_where_its_mark_is(target: Place) -> None:
    part = PartFile.create(target, JOB, b"head,")
    part.append(b"body,")
    mark = Mark(part.size, _sha256(b"head,body,"))
    part.append(b"torn, and longer than what comes")
    part.close()
    again = PartFile.reopen(target, part.place, mark)
    again.append(b"tail")
    assert again.sha256() == _sha256(b"head,body,tail")
    again.close()
    assert part.place.path.read_bytes() == b"head,body,tail"
    with pytest.raises(OutputFailed, match="changed by somebody else"):
        PartFile.reopen(target, part.place, Mark(3, _sha256(b"oh")))


def test_a_gap_is_not_hidden(target: Place) -> None:
    part = PartFile.create(target, JOB, b"head")
    part.grant(4)
    part.append(b"tail")
    with pytest.raises(OutputFailed, match="only 4 of 12 bytes"):
        part.sha256()
    part.close()


def test_a_file_that_is_cut_under_the_hash_is_noticed(target: Place) -> None:
    part = PartFile.create(target, JOB, b"")
    part.written(part.grant(10), 10)  # a lie: nothing is there
    with pytest.raises(OutputFailed, match="only 0 of 10 bytes"):
        part.sha256()
    part.close()


@pytest.mark.parametrize("right", range(4))
def test_marks_are_believed_until_the_first_wrong_one(tmp_path: Path, right: int) -> None:
    content = bytes(range(200)) * 20
    marks = [Mark(size, _sha256(content[:size])) for size in (4, 1_000, 1_000, 4_000)]
    marks[right] = Mark(marks[right].size, _sha256(b"else"))
    (tmp_path / "x").write_bytes(content)
    descriptor = os.open(tmp_path / "x", os.O_RDONLY)
    try:
        found, digest = rehash(descriptor, marks)
    finally:
        os.close(descriptor)
    assert found == right
    assert digest.hexdigest() == (marks[right - 1].sha256 if right else _sha256(b""))


def test_a_head_without_room_leaves_nothing(target: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with nothing_left_open(), pytest.raises(DiskFull):
        PartFile.create(target, JOB, b"head")
    assert list(target.root.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_has_many_names(number: int) -> None:
    assert isinstance(write_refused(OSError(number, "x"), "it"), DiskFull)
    assert isinstance(write_refused(OSError(errno.EIO, "x"), "it"), OutputFailed)


def test_a_hash_that_cannot_read_fails_the_output(target: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    failing: Callable[..., int] = _fails
    monkeypatch.setattr(os, "preadv", failing)
    part = PartFile.create(target, JOB, b"head")
    with pytest.raises(OutputFailed, match="could not be read back"):
        part.sha256()
    part.close()


def _fails(*_arguments: object) -> int:
    raise OSError(errno.EIO, "Input/output error")
