"""Trees: the roots of RFC 6962, and paths that lead to them from no other leaf."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.merkle import leaf_hash, node_hash, path, root, root_from

hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_the_book(leaves[:split]), by_the_book(leaves[split:]))


def test_a_leaf_and_a_node_are_hashed_as_the_rfc_says() -> None:
    assert leaf_hash("é") == sha256(b"\x00\xc3\xa9").digest()
    assert node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
    # The first test vectors of certificate transparency: the empty leaf, and the leaf 0x00 beside it.
    assert leaf_hash("").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    two = root([leaf_hash(""), leaf_hash("\0")])
    assert two.hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"


@settings(deadline=None)
@given(hashes)
def test_the_root_is_the_one_of_the_rfc(leaves: list[bytes]) -> None:
    assert root(leaves) == by_the_book(leaves)


@settings(deadline=None)
@given(hashes, st.data())
def test_a_path_leads_from_its_leaf_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert root_from(leaves[index], index=index, size=len(leaves), path=path(leaves, index)) == root(leaves)


@settings(deadline=None)
@given(hashes, st.data())
def test_a_path_leads_nowhere_from_another_leaf_or_with_another_step(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    way, other = path(leaves, index), bytes(reversed(sha256(leaves[index]).digest()))
    wrong = [root_from(other, index=index, size=len(leaves), path=way)]
    wrong.append(root_from(leaves[index], index=index, size=len(leaves), path=[*way, other]))
    if way:
        step = data.draw(st.integers(0, len(way) - 1))
        wrong.append(root_from(leaves[index], index=index, size=len(leaves), path=way[:-1]))
        wrong.append(
            root_from(leaves[index], index=index, size=len(leaves), path=[*way[:step], other, *way[step + 1 :]])
        )
    assert root(leaves) not in wrong


def test_there_is_no_tree_without_leaves_and_no_path_from_beside_it() -> None:
    with pytest.raises(ValueError):
        root([])
    with pytest.raises(ValueError):
        path([bytes(32)], 1)
    assert root_from(bytes(32), index=1, size=1, path=[]) is None
