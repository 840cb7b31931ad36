"""Objects are read by blocks, ahead of who asks: what is asked for is there, and what is not what it was is refused."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import InputChanged, StoreUnsupported
from etl_batch.storage import stored_object
from etl_batch.storage.object_store import ObjectStore
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.stored_object import StoredObject
from etl_batch.text.store_address import AddressPath

BLOCK = 16


@dataclass(eq=False)
class Kept:
    """A store of one object."""

    content: bytes
    tag: int = 1
    asked: list[tuple[int, int]] = field(default_factory=list)

    def identity(self, name: str) -> FileIdentity:
        assert name == "bkt/in/a.bin"
        return FileIdentity(0, self.tag, len(self.content), 5)

    def read(self, name: str, start: int, stop: int) -> tuple[bytes, FileIdentity]:
        self.asked.append((start, stop))
        return self.content[start:stop], self.identity(name)


def place_of(kept: Kept) -> StoredObject:
    identity = kept.identity("bkt/in/a.bin")
    return StoredObject(AddressPath("s3://bkt"), PurePosixPath("in/a.bin"), cast("ObjectStore", kept), identity)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_object, "_BLOCK_BYTES", BLOCK)


def read(descriptor: int, start: int, stop: int) -> bytes:
    return os.pread(descriptor, stop - start, start)


@given(data=st.data(), content=st.binary(min_size=1, max_size=20 * BLOCK))
def test_what_is_asked_for_is_what_stands_there(data: Any, content: bytes) -> None:  # noqa: ANN401 - Hypothesis
    place = place_of(Kept(content))
    at = st.integers(0, len(content))
    for _ in range(data.draw(st.integers(1, 5))):
        ranges = data.draw(st.lists(st.tuples(at, at).map(lambda both: (min(both), max(both))), max_size=4))
        descriptor = place.open(ranges)
        try:
            assert os.fstat(descriptor).st_size == len(content)
            assert [read(descriptor, *one) for one in ranges] == [content[start:stop] for start, stop in ranges]
        finally:
            os.close(descriptor)


def test_in_order_each_block_is_read_once() -> None:
    kept = Kept(bytes(range(200)))
    place = place_of(kept)
    for start in range(0, 200, 10):
        os.close(place.open([(start, start + 10)]))
    assert sorted(kept.asked) == [(start, min(start + BLOCK, 200)) for start in range(0, 200, BLOCK)]


def test_another_object_in_its_place_is_refused() -> None:
    kept = Kept(b"x" * 100)
    place = place_of(kept)
    os.close(place.open([(0, 10)]))
    kept.tag = 2
    with pytest.raises(InputChanged, match=r"s3://bkt/in/a.bin changed while the job was reading it"):
        place.open([(90, 100)])
    with pytest.raises(InputChanged):
        place.refuse_changed()


def test_what_is_large_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_object, "_MOST_WHOLE_BYTES", 99)
    os.close(place_of(Kept(b"x" * 99)).open())
    with pytest.raises(StoreUnsupported, match="would have to be read whole"):
        place_of(Kept(b"x" * 100)).open()


def test_nothing_beside_it_is_looked_for() -> None:
    with pytest.raises(StoreUnsupported, match=r"a.layout.toml beside s3://bkt/in/a.bin is not looked for"):
        place_of(Kept(b"x")).sibling("a.layout.toml")
