"""RFC 6962 trees: the vectors of Certificate Transparency; every size up to 64 against the definition."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_ranges,
    extends,
    includes,
    inclusion_ranges,
    leaf_hash,
    range_roots,
    tree_root,
)

VECTOR_LEAVES = tuple(
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
VECTOR_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MOST = 64
LEAVES = tuple(leaf_hash(bytes([number])) for number in range(MOST))


@cache
def twin(start: int, stop: int) -> bytes:
    """The root over leaves, as section 2.1 defines it."""
    if stop == start:
        return sha256(b"").digest()
    if stop - start == 1:
        return LEAVES[start]
    split = 1
    while 2 * split < stop - start:
        split *= 2
    return sha256(b"\x01" + twin(start, start + split) + twin(start + split, stop)).digest()


def inclusion(index: int, size: int) -> list[bytes]:
    return range_roots(LEAVES, inclusion_ranges(index, size))


def consistency(old: int, size: int) -> list[bytes]:
    return range_roots(LEAVES, consistency_ranges(old, size))


def changed(path: list[bytes], at: int) -> list[bytes]:
    joined = bytearray(b"".join(path))
    joined[at] ^= 1 << (at % 8)
    return [bytes(joined[place : place + 32]) for place in range(0, len(joined), 32)]


@pytest.mark.parametrize("size", range(9))
def test_the_vectors_of_certificate_transparency(size: int) -> None:
    assert tree_root(map(leaf_hash, VECTOR_LEAVES[:size])).hex() == VECTOR_ROOTS[size]


@pytest.mark.parametrize("size", range(MOST + 1))
def test_every_leaf_of_every_size_is_proved(size: int) -> None:
    root = tree_root(LEAVES[:size])
    assert root == twin(0, size)
    assert size == 0 or not includes(LEAVES[0], 0, 4 * size, inclusion(0, size), root), "of a tree of another size"
    for index in range(size):
        path = inclusion(index, size)
        assert includes(LEAVES[index], index, size, path, root)
        assert not includes(LEAVES[index], index, size, path, twin(0, size - 1))
        assert not includes(LEAVES[index - 1], index, size, path, root) or size == 1
        assert not includes(LEAVES[index], index, size, [*path, root], root)
        assert not includes(LEAVES[index], index, size, path[:-1], root) or not path


@pytest.mark.parametrize("size", range(MOST + 1))
def test_every_earlier_head_of_every_size_is_proved(size: int) -> None:
    new = (size, twin(0, size))
    for old in range(size + 1):
        path = consistency(old, size)
        assert extends((old, twin(0, old)), new, path)
        assert not extends((old, leaf_hash(b"another")), new, path)
        assert not extends((old, twin(0, old)), (size, leaf_hash(b"another")), path) or old == 0
        assert not extends((old, twin(0, old)), new, [*path, LEAVES[0]])
        assert not path or not extends((old, twin(0, old)), new, path[:-1])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 31, 32, 33, 64])
def test_a_changed_byte_at_any_position_fails(size: int) -> None:
    root = twin(0, size)
    for index in range(size):
        path = inclusion(index, size)
        assert not any(includes(LEAVES[index], index, size, changed(path, at), root) for at in range(32 * len(path)))
        path = consistency(index, size)
        old, new = (index, twin(0, index)), (size, root)
        assert not any(extends(old, new, changed(path, at)) for at in range(32 * len(path)))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.data())
def test_a_tree_that_grows_is_the_tree_at_once(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    grown = Frontier().extended(leaves[:cut]).extended(leaves[cut:])
    assert grown == Frontier().extended(leaves)
    assert Frontier(grown.size, grown.roots).root() == tree_root(leaves)


def test_what_is_no_tree_is_refused() -> None:
    assert Frontier().root() == EMPTY_ROOT
    for size, roots in ((1, ()), (0, (EMPTY_ROOT,)), (1, (b"short",)), (-1, (EMPTY_ROOT,))):
        with pytest.raises(ValueError, match="complete subtrees"):
            Frontier(size, roots)
    for ranges in ((5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_ranges(*ranges)
    with pytest.raises(ValueError, match="no beginning"):
        consistency_ranges(6, 5)
    with pytest.raises(ValueError, match="leaves"):
        range_roots(LEAVES[:3], [(0, 4)])
    assert not includes(LEAVES[0], 5, 5, [], LEAVES[0])
    assert not extends((6, EMPTY_ROOT), (5, EMPTY_ROOT), [])
    assert not extends((3, EMPTY_ROOT), (5, EMPTY_ROOT), [])
