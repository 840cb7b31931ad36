"""Buffers that a worker formats into and the parent reads: who may touch them when, and what they count as."""

from __future__ import annotations

import fcntl
import os
import resource
import threading
from collections.abc import Iterator

import pytest

from etl_batch.machine import shared_buffers
from etl_batch.machine.shared_buffers import OwnBuffers, SharedBuffers
from tests.helpers.descriptors import nothing_left_open
from tests.helpers.sharing import handed_over, sharing

ROOM = 10_000
WAIT_SECONDS = 60.0


@pytest.fixture
def both() -> Iterator[tuple[SharedBuffers, OwnBuffers]]:
    with sharing(workers=2) as (shared, own):
        yield shared, own


def test_the_parent_reads_what_the_worker_wrote(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    shared, own = both
    number, memory = own.take(ROOM)
    memory[:5] = b"a,b,c"
    held = shared.held(number, 5)
    assert held is not None
    assert bytes(held.content) == b"a,b,c"
    assert held.content.readonly


def test_a_buffer_is_the_parents_until_it_is_released(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    shared, own = both
    first, memory = own.take(ROOM)
    assert own.take(ROOM)[0] == first  # it was not given away
    memory[:1] = b"1"
    own.give_away()
    second, _ = own.take(ROOM)
    own.give_away()
    assert {first, second} == {0, 1}
    taken: list[int | None] = []
    waiting = threading.Thread(target=lambda: taken.append(own.take(ROOM)[0]))
    waiting.start()
    waiting.join(0.05)
    assert not taken  # both are read
    held = shared.held(second, 1)
    assert held is not None
    held.release()
    waiting.join(WAIT_SECONDS)
    assert taken == [second]


def test_the_second_is_not_touched_while_the_first_is_free(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    shared, own = both
    for _ in range(5):
        number, memory = own.take(ROOM)
        assert number == 0
        memory[:1] = b"1"
        own.give_away()
        held = shared.held(number, 1)
        assert held is not None
        held.release()


def test_more_room_is_mapped_and_what_was_read_stays(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    shared, own = both
    number, memory = own.take(ROOM)
    memory[:3] = b"one"
    before = shared.held(number, 3)
    more = 3 * shared_buffers._STEP_BYTES + 1
    _, memory = own.take(more)
    assert len(memory) >= more
    memory[more - 1 : more] = b"2"
    after = shared.held(number, more)
    assert before is not None
    assert after is not None
    assert (bytes(before.content), bytes(after.content[-1:])) == (b"one", b"2")


def test_nobody_cuts_a_buffer_off_under_its_reader(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    _, own = both
    for buffer in own._buffers:
        for size in (0, 2 * shared_buffers._SIZE_BYTES):
            with pytest.raises(PermissionError):
                os.ftruncate(buffer.descriptor, size)
        with pytest.raises(PermissionError):
            fcntl.fcntl(buffer.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)


@pytest.mark.parametrize("said", [(None, 5), (-1, 5), (2, 5), (0, 0), (0, shared_buffers._SIZE_BYTES + 1)])
def test_a_worker_that_says_what_is_not_so_has_nothing(
    both: tuple[SharedBuffers, OwnBuffers], said: tuple[int | None, int]
) -> None:
    assert both[0].held(*said) is None


def test_more_than_a_buffer_is_formatted_elsewhere(both: tuple[SharedBuffers, OwnBuffers]) -> None:
    assert both[1].take(shared_buffers._SIZE_BYTES + 1)[0] is None


@pytest.mark.parametrize(("workers", "buffers"), [(1, 2), (4, 2), (5, 1), (64, 1)])
def test_many_workers_have_one_each(workers: int, buffers: int) -> None:
    shared = SharedBuffers(workers)
    assert len(shared.files) == 2 * buffers  # with a counter each
    shared.close()


def test_a_system_without_such_files_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "memfd_create", refused)
    shared = SharedBuffers(workers=2)
    assert not shared.files
    own = handed_over(shared)
    assert own.take(ROOM)[0] is None
    assert shared.held(0, 5) is None


def test_what_is_shared_counts_against_the_limit(
    both: tuple[SharedBuffers, OwnBuffers], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, own = both
    limits = [(10_000_000, 10_000_000)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: limits.append(both))
    monkeypatch.setattr(shared_buffers, "data_bytes", lambda: 4_000_000)
    own.take(4_096_000)
    assert limits[-1] == (10_000_000 - 4_096_000, 10_000_000)
    with pytest.raises(MemoryError):
        own.take(4_096_000 + 6_000_000)
    own.take(4_096_000 + 1_024_000)
    assert limits[-1] == (10_000_000 - 4_096_000 - 1_024_000, 10_000_000)


def test_a_second_is_not_begun_where_there_is_no_room_for_it(
    both: tuple[SharedBuffers, OwnBuffers], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, own = both
    number, memory = own.take(ROOM)
    memory[:1] = b"1"
    own.give_away()
    held = shared.held(number, 1)
    assert held is not None
    monkeypatch.setattr(shared_buffers, "_has_room", lambda _: False)
    released = threading.Timer(0.05, held.release)
    released.start()
    assert own.take(ROOM)[0] == number  # waited for
    released.join()


def test_a_counter_that_is_closed_writes_into_no_other_file() -> None:
    with nothing_left_open():
        shared = SharedBuffers(workers=2)
        own = handed_over(shared)
        _, memory = own.take(ROOM)
        memory[:1] = b"1"
        held = shared.held(0, 1)
        assert held is not None
        del memory
        own.close()
        shared.close()
        held.release()
        assert bytes(held.content) == b"1"
        del held
