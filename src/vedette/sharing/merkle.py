"""A Merkle tree over a growing list: that a message is in it, and that it only ever grew, shown in a few hashes.

RFC 6962 section 2.1 (Laurie, Langley, Kasper 2013), whose algorithms RFC 9162 keeps: leaves and nodes are hashed with
different first bytes, so that neither can pass for the other.
"""

import hashlib
from collections.abc import Sequence

from vedette.core.errors import UsageError

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of one message."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """Hashes of messages in order; every level is kept, so that proofs cost a few look-ups.

    Level k holds the hashes of whole runs of 2**k messages.
    """

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> int:
        """Add the hash of a message (`leaf_hash`); its index."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node_hash(self._levels[level][-2], self._levels[level][-1]))
            level += 1
        return len(self) - 1

    def leaf(self, index: int) -> bytes:
        """The hash of one message."""
        return self._levels[0][index]

    def root(self, size: int | None = None) -> bytes:
        """The hash of the first `size` messages, or of all; UsageError when there are fewer."""
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise UsageError(f"a tree of {len(self)} has no root of {size}")
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The hashes that lead from message `index` to the root of the first `size` (RFC 6962, 2.1.1)."""
        size = len(self) if size is None else size
        if not 0 <= index < size <= len(self):
            raise UsageError(f"message {index} is not among the first {size} of {len(self)}")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            split = low + _split(high - low)
            if index < split:
                path.append(self._range(split, high))
                high = split
            else:
                path.append(self._range(low, split))
                low = split
        return path[::-1]

    def consistency(self, earlier: int, size: int | None = None) -> list[bytes]:
        """The hashes that show the first `earlier` messages to begin the first `size` (RFC 6962, 2.1.2)."""
        size = len(self) if size is None else size
        if not 0 < earlier <= size <= len(self):
            raise UsageError(f"no proof from {earlier} to {size} messages in a tree of {len(self)}")
        path: list[bytes] = []
        low, high, is_whole = 0, size, True
        while earlier != high:
            split = low + _split(high - low)
            if earlier <= split:
                path.append(self._range(split, high))
                high = split
            else:
                path.append(self._range(low, split))
                low, is_whole = split, False
        if not is_whole:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        """The hash of messages low to high, where low is a multiple of the run that high - low calls for."""
        count = high - low
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._levels[level][low >> level]
        split = low + _split(count)
        return node_hash(self._range(low, split), self._range(split, high))


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from a message's hash to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(earlier: int, size: int, path: Sequence[bytes], earlier_root: bytes, root: bytes) -> bool:
    """Whether a path shows one root to be the beginning of another (RFC 9162, 2.1.4.2)."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not path and earlier_root == root
    steps = list(path)
    if earlier & (earlier - 1) == 0:
        steps = [earlier_root, *steps]
    if not steps:
        return False
    at, last = earlier - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == earlier_root and after == root


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1
