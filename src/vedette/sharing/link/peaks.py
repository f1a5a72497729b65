"""A Merkle tree kept as its peaks: the roots of its whole powers of two, largest first.

That is all a sender or a receiver must remember to go on with a lane: for n messages, as many hashes as n has ones in
binary. The root is that of RFC 6962 (Laurie, Langley, Kasper 2013, section 2.1), the same as `merkle.MerkleTree` gives.
"""

from vedette.sharing.merkle import EMPTY_ROOT, node_hash

Peaks = tuple[bytes, ...]


def peaks_after(peaks: Peaks, count: int, leaf: bytes) -> Peaks:
    """The peaks of count + 1 messages, from those of count and the hash of the new one."""
    grown, found = list(peaks), leaf
    while count & 1:
        found = node_hash(grown.pop(), found)
        count >>= 1
    return (*grown, found)


def root_of_peaks(peaks: Peaks) -> bytes:
    """The root of the messages that the peaks stand for."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in peaks[-2::-1]:
        found = node_hash(peak, found)
    return found


def are_peaks_of(peaks: Peaks, count: int, root: bytes) -> bool:
    """Whether peaks are as many as count messages have, and lead to a root."""
    return len(peaks) == count.bit_count() and all(len(p) == 32 for p in peaks) and root_of_peaks(peaks) == root
