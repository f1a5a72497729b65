"""Track numbers that are never given twice: every service of an owner draws from blocks that are its own for ever.

The numbers of an owner are cut into blocks of `BLOCK`. Block b belongs to the service with slot b modulo `SLOTS`, so
that services need not ask one another. A block is reserved in what is kept *before* its first number is given: a
service that crashed goes on with its next block, and the rest of the old one is never used.
"""

import msgspec

from vedette.core.errors import BadInputError, UsageError

SLOTS = 64  # services of one owner, at most, ever: a slot is not given to another service when one is retired
BLOCK = 100  # numbers reserved at a time; a restart leaves fewer than this unused
DIGITS = 6  # at least


class NumberBlocks(msgspec.Struct, kw_only=True):
    """What must be on disk before a number of it is told to anybody."""

    slot: int
    reserved: int = 0  # blocks of this slot that were ever begun


class Numbers:
    """Gives the numbers of one service; made from what was kept, it begins a new block."""

    def __init__(self, owner: str, blocks: NumberBlocks) -> None:
        if not 0 <= blocks.slot < SLOTS:
            raise UsageError(f"slot {blocks.slot}: a service has a slot of 0 to {SLOTS - 1}, its own for ever")
        check_owner(owner)
        self.owner, self.blocks = owner, blocks
        self._next = self._end = 0

    def give(self) -> str:
        """A number that was never given before."""
        if self._next == self._end:
            block = self.blocks.slot + SLOTS * self.blocks.reserved
            self.blocks.reserved += 1
            self._next, self._end = block * BLOCK + 1, (block + 1) * BLOCK + 1
        self._next += 1
        return format_number(self.owner, self._next - 1)

    def heard(self, number: str) -> bool:
        """A number of ours told by somebody else; True when we do not remember giving it: what we kept was lost.

        From then on only later blocks are used.
        """
        owner, count = parse_number(number)
        block, slot = (count - 1) // BLOCK, ((count - 1) // BLOCK) % SLOTS
        if owner != self.owner or slot != self.blocks.slot or block // SLOTS < self.blocks.reserved:
            return False
        self.blocks.reserved = block // SLOTS + 1
        self._next = self._end = 0
        return True


def format_number(owner: str, count: int) -> str:
    """`NORTH-000042`."""
    return f"{owner}-{count:0{DIGITS}d}"


def parse_number(number: str) -> tuple[str, int]:
    """Owner and count; BadInputError when it is no track number."""
    owner, _, digits = number.rpartition("-")
    if not owner or not (digits.isascii() and digits.isdigit()) or len(digits) < DIGITS or int(digits) == 0:
        raise BadInputError(f"{number[:40]!r} is no track number", "services", "one looks like NORTH-000042")
    return owner, int(digits)


def slot_of(number: str) -> int:
    """The slot of the service that gave a number."""
    return ((parse_number(number)[1] - 1) // BLOCK) % SLOTS


def check_owner(owner: str) -> None:
    """UsageError unless numbers can begin with this name."""
    if not owner or len(owner) > 24 or not all(c.isascii() and (c.isalnum() or c in "_.") for c in owner):
        raise UsageError(f"owner {owner[:40]!r}: 1 to 24 letters, digits, _ or ., such as NORTH")
