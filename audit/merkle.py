"""Merkle trees after RFC 6962: a leaf's hash begins with 0x00, a node's with 0x01, so that neither passes for the
other. A tree's left half is the largest power of two below its size; pairing level by level comes to the same."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(text: str) -> bytes:
    """The hash of an entry."""
    return sha256(b"\0" + text.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\1" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; ValueError when there are none."""
    if not hashes:
        raise ValueError("a tree has at least one leaf")
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: list[bytes]) -> list[bytes]:
    odd = level[-1:] if len(level) % 2 else []
    pairs = zip(level[::2], level[1::2], strict=False)
    return [sha256(b"\1" + left + right).digest() for left, right in pairs] + odd


def path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """What is needed, beside the leaf `index` itself, to come to the root: its neighbours, from below."""
    if not 0 <= index < len(hashes):
        raise ValueError(f"a tree of {len(hashes)} has no leaf {index}")
    level, found = list(hashes), []
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            found.append(level[neighbour])
        level, index = _above(level), index // 2
    return found


def root_from(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf at `index` of `size` leads to along `path`; None when the path has another length."""
    if not 0 <= index < size:
        return None
    found, neighbours = leaf, iter(path)
    while size > 1:
        if index ^ 1 < size:
            neighbour = next(neighbours, None)
            if neighbour is None:
                return None
            found = node_hash(neighbour, found) if index % 2 else node_hash(found, neighbour)
        index, size = index // 2, (size + 1) // 2
    return found if next(neighbours, None) is None else None
