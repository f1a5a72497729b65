"""The tree against the published roots of the reference implementation, against the plain definition, and against
forgers."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import UsageError
from vedette.sharing.merkle import EMPTY_ROOT, MerkleTree, is_consistent, is_included, leaf_hash

# github.com/google/certificate-transparency, merkle tree tests: eight leaves, and the roots of the first 1 to 8
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def plain_root(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def tree_of(count):
    leaves = [leaf_hash(bytes([i % 256, i // 256])) for i in range(count)]
    return MerkleTree(leaves), leaves


def test_roots_are_the_published_ones():
    tree = MerkleTree([leaf_hash(bytes.fromhex(word)) for word in LEAVES])
    assert [tree.root(n + 1).hex() for n in range(8)] == ROOTS
    assert MerkleTree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_every_proof_of_every_small_tree_holds():
    tree, leaves = tree_of(40)
    for size in range(1, 41):
        root = plain_root(leaves[:size])
        assert tree.root(size) == root
        for index in range(size):
            assert is_included(leaves[index], index, size, tree.inclusion(index, size), root)
        for earlier in range(1, size + 1):
            assert is_consistent(earlier, size, tree.consistency(earlier, size), plain_root(leaves[:earlier]), root)


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 300), st.data())
def test_no_changed_proof_holds(size, data):
    tree, leaves = tree_of(size)
    root = tree.root()
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index)
    wrong = list(path)
    at = data.draw(st.integers(0, len(path) - 1))
    wrong[at] = bytes([wrong[at][0] ^ 1]) + wrong[at][1:]
    assert not is_included(leaves[index], index, size, wrong, root)
    assert not is_included(leaf_hash(b"another"), index, size, path, root)
    assert not is_included(leaves[index], index, size, path[:-1], root)
    assert not is_included(leaves[index], index, size, [*path, path[0]], root)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert not is_included(leaves[index], other, size, path, root)
    earlier = data.draw(st.integers(1, size - 1))
    proof = tree.consistency(earlier)
    rewritten, _ = tree_of(size)
    rewritten._levels[0][0] = leaf_hash(b"rewritten")
    changed = MerkleTree(rewritten._levels[0])
    assert not is_consistent(earlier, size, proof, changed.root(earlier), root)
    assert not is_consistent(earlier, size, proof, tree.root(earlier), changed.root())
    assert not is_consistent(earlier, size, [*proof, root], tree.root(earlier), root)


def test_what_the_tree_does_not_hold_is_said():
    tree, _ = tree_of(5)
    for ask in (lambda: tree.root(6), lambda: tree.inclusion(5), lambda: tree.inclusion(0, 6)):
        with pytest.raises(UsageError):
            ask()
    for earlier, size in ((0, 5), (6, 5), (2, 9)):
        with pytest.raises(UsageError):
            tree.consistency(earlier, size)
    assert not is_included(b"", 3, 3, [], b"") and not is_consistent(0, 3, [], b"", b"")
