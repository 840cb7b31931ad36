"""Merkle trees over the lines of the log: roots and proofs (RFC 6962 and RFC 9162, both section 2.1).

Rules only: hashes in, hashes out. A tree is known by its size and its root. It grows by `Frontier`, in memory of the
logarithm of its size; a proof is the roots of a few ranges of leaves, so that one look through the leaves makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Self

from etl_batch.light_dataclass import dataclass

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()  #: of the tree without leaves

Range = tuple[int, int]  #: leaves `start` to `stop`, from 0


def leaf_hash(line: bytes) -> bytes:
    """Hash of a leaf. The 0x00 keeps leaves and nodes apart (section 2.1)."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as it takes to go on with it: the roots of its complete subtrees, the biggest first."""

    size: int = 0  #: leaves
    roots: tuple[bytes, ...] = ()  #: one for each bit set in `size`

    def __post_init__(self) -> None:
        """Refuse what is no tree.

        Raises:
            ValueError: another number of roots than the size has, or roots of another length.
        """
        if self.size < 0 or len(self.roots) != self.size.bit_count() or {len(r) for r in self.roots} - {HASH_BYTES}:
            raise ValueError(f"a tree of {self.size} leaves does not have {len(self.roots)} complete subtrees")

    def extended(self, leaves: Iterable[bytes]) -> Self:
        """The tree with more leaves, given as their hashes."""
        size, roots = self.size, list(self.roots)
        for leaf in leaves:
            node, below = leaf, size
            while below & 1:
                node = sha256(b"\x01" + roots.pop() + node).digest()
                below >>= 1
            roots.append(node)
            size += 1
        return type(self)(size, tuple(roots))

    def root(self) -> bytes:
        """The root of the whole tree (MTH)."""
        if not self.roots:
            return EMPTY_ROOT
        *left, node = self.roots
        for subtree in reversed(left):
            node = node_hash(subtree, node)
        return node


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves, given as their hashes."""
    return Frontier().extended(leaves).root()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Whose roots prove that a leaf is in a tree, from the leaf upwards (PATH, section 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges: list[Range] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """Whose roots prove that a tree begins with an earlier one, from below upwards (PROOF, section 2.1.2).

    Raises:
        ValueError: the earlier tree is the bigger one.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {size} leaves has no beginning of {old_size}")
    if old_size in {0, size}:
        return []
    ranges: list[Range] = []
    start, stop = 0, size
    while old_size < stop:
        middle = start + _split(stop - start)
        if old_size <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, stop))
    return ranges[::-1]


def range_roots(leaves: Iterable[bytes], ranges: Sequence[Range]) -> list[bytes]:
    """The roots over ranges of leaves that do not overlap, in one look through the leaves, in the order of `ranges`.

    Raises:
        ValueError: there are not as many leaves.
    """
    found: dict[Range, bytes] = {}
    position, stream = 0, iter(leaves)
    for start, stop in sorted(ranges):
        frontier = Frontier()
        while position < stop:
            leaf = next(stream, None)
            if leaf is None:
                raise ValueError(f"there are {position} leaves, {stop} or more expected")
            if position >= start:
                frontier = frontier.extended((leaf,))
            position += 1
        found[start, stop] = frontier.root()
    return [found[leaves] for leaves in ranges]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves that the tree of this size and root has this leaf (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def extends(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Whether a path proves that the new tree begins with the old one (RFC 9162, section 2.1.4.2).

    Args:
        old: size and root of the earlier tree.
        new: size and root of the later one.
        path: the roots of `consistency_ranges`.
    """
    (old_size, old_root), (size, root) = old, new
    if not 0 <= old_size <= size:
        return False
    if old_size in {0, size}:
        return not path and old_root == (EMPTY_ROOT if old_size == 0 else root)
    nodes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not nodes:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_node = new_node = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == root


def _split(size: int) -> int:
    """The largest power of two below `size`: how many leaves the left subtree has."""
    return 1 << (size - 1).bit_length() - 1
