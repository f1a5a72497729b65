"""The numbers of a node's own tracks: given once, kept in the node's store, the same after a restart.

What a watch calls `night/O3` gets a number of the owner's (`NORTH-000042`) that no other track of the owner ever had or
will have. It is on the disk before anybody is told of it; what cannot be kept is not offered.
"""

import time
from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from vedette.core.errors import VedetteError
from vedette.doors.node.store import NodeStore
from vedette.reports import Shared, SharedDrop, SharedEvent, SharedTrack
from vedette.sharing.services import Member, Service, ServiceGroup, decode_kept, encode_kept

ROOM = "services"


class TrackNumbers:
    """The numbers of one watch of a node, which is its owner's only service."""

    def __init__(
        self, store: NodeStore, owner: str, node: str, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._store, self._key, self._clock = store, node, clock_ns
        body = store.document(ROOM, node)
        try:
            kept = None if body is None else decode_kept(body)
        except msgspec.DecodeError:
            kept = None
        slot = 0 if kept is None else kept.blocks.slot
        group = ServiceGroup(owner=owner, members=(Member(name=node, slot=slot),))
        self.service = Service(group, node, clock_ns(), kept)

    def numbered(self, offers: Iterable[Shared], owner: str) -> tuple[Shared, ...]:
        """Offers with the numbers that their own tracks have; partners' are left as they are.

        New numbers are kept first; when that fails, the tracks that would have them wait for the next time.
        """
        offers, now = tuple(offers), self._clock()
        self.service.tick(now)
        own = {one.number for one in offers if isinstance(one, SharedTrack) and one.provenance[:1] == (owner,)}
        waiting: set[str] = set()
        fresh = [name for name in sorted(own) if self.service.number_of(name) is None]
        if fresh:
            for name in fresh:
                self.service.begin(name, now)
            body = encode_kept(self.service.kept)
            try:
                self._store.write(lambda writing: writing.keep_document(ROOM, self._key, body))
            except VedetteError:
                for name in fresh:  # what is not on the disk was never given; its number is used by nobody
                    del self.service.kept.duties[self.service.kept.names.pop(name)]
                waiting = set(fresh)
        self.service.take_news()
        return tuple(found for one in offers if (found := self._one(one, waiting, now)) is not None)

    def _one(self, one: Shared, waiting: set[str], now: int) -> Shared | None:
        if isinstance(one, SharedEvent):
            return replace(one, tracks=tuple(self._number(name) for name in one.tracks if name not in waiting))
        if isinstance(one, SharedDrop):
            return replace(one, number=self._number(one.number), into=self._number(one.into))
        if not isinstance(one, SharedTrack) or self.service.number_of(one.number) is None:
            return None if isinstance(one, SharedTrack) and one.number in waiting else one
        number = self._number(one.number)
        parents = tuple(self._number(name) for name in one.parents)
        return replace(one, number=number, parents=parents, is_responsible=self.service.may_report(number, now))

    def _number(self, name: str) -> str:
        return self.service.number_of(name) or name
