"""The services of one owner: who they are, their votes, how long silence may last, and whose region is whose.

    [services]
    beat_s = 0.5            # how often they say that they are there
    lease_s = 2.5           # after so long without a majority a service reports nothing as responsible
    [[services.member]]
    name = "air"
    slot = 0                # of its track numbers; never given to another
    votes = 1
    region = [[50.0, -10.0], [60.0, -10.0], [60.0, 5.0], [50.0, 5.0]]   # corners, degrees, lat lon

Two services cannot tell which of them is cut off: give one of them two votes, and it goes on alone.
"""

from typing import Any

import msgspec
import numpy as np
from msgspec.structs import force_setattr

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.frames.polygons import polygon_contains, polygon_distance_m, polygon_trouble
from vedette.sharing.services.numbers import SLOTS, check_owner

CLOCK_MARGIN = 1.1  # a promise outlives the lease by this: clocks of two machines run apart by far less
Corners = tuple[tuple[float, float], ...]


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service."""

    name: str
    slot: int
    votes: int = 1
    region: Corners = ()  # corners, degrees, latitude and longitude; empty: none of its own


class ServiceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All services of one owner, in the order of their slots."""

    owner: str
    members: tuple[Member, ...]
    beat_s: float = 0.5
    lease_s: float = 2.5

    def __post_init__(self) -> None:
        check_owner(self.owner)
        where = f"services of {self.owner}"
        names, slots = [one.name for one in self.members], [one.slot for one in self.members]
        if not names or len(set(names)) != len(names) or len(set(slots)) != len(slots):
            raise BadInputError("every service needs a name and a slot of its own", where)
        for one in self.members:
            if not 0 <= one.slot < SLOTS or one.votes < 0 or not one.name:
                raise BadInputError(f"{one.name!r}: a slot of 0 to {SLOTS - 1}, and votes of 0 or more", where)
            trouble = polygon_trouble(np.radians(one.region)) if one.region else ""
            if trouble:
                raise BadInputError(f"region of {one.name}: {trouble}", where)
        if not (self.beat_s > 0.0 and 3.0 * self.beat_s <= self.lease_s <= 60.0):
            raise BadInputError("a lease lasts three beats at least, and a minute at most", where)
        if sum(one.votes for one in self.members) < 1:
            raise BadInputError("nobody has a vote", where)
        force_setattr(self, "members", tuple(sorted(self.members, key=lambda one: one.slot)))

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, in the order of their slots."""
        return tuple(one.name for one in self.members)

    @property
    def beat_ns(self) -> int:
        """Between two beats."""
        return round(self.beat_s * NS_PER_S)

    @property
    def lease_ns(self) -> int:
        """How long a majority's word holds, by the clock of who was given it."""
        return round(self.lease_s * NS_PER_S)

    @property
    def promise_ns(self) -> int:
        """How long the giver keeps to it, by its own clock."""
        return round(self.lease_s * CLOCK_MARGIN * NS_PER_S)

    def member(self, name: str) -> Member:
        """The service of a name."""
        for one in self.members:
            if one.name == name:
                return one
        raise BadInputError(f"{name!r} is none of the services {', '.join(self.names)}", f"services of {self.owner}")

    def is_majority(self, names: set[str] | frozenset[str]) -> bool:
        """True when these have more than half of all votes: two such sets always share a service."""
        return 2 * sum(one.votes for one in self.members if one.name in names) > sum(one.votes for one in self.members)

    def region_of(self, lat_deg: float, lon_deg: float, now: str = "", margin_km: float = 0.0) -> str:
        """Whose region a place lies in; "" when nobody's. Of `now` for as long as it is within a margin of its own."""
        lat, lon = np.radians(lat_deg), np.radians(lon_deg)
        for one in self.members:
            if one.name == now and one.region:
                corners = np.radians(one.region)
                if float(polygon_distance_m(corners, lat, lon)) <= margin_km * 1e3:
                    return now
        for one in self.members:
            if one.region and bool(polygon_contains(np.radians(one.region), lat, lon)):
                return one.name
        return ""


class _Table(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`[services]` of a node's description."""

    member: tuple[Member, ...]
    beat_s: float = 0.5
    lease_s: float = 2.5


def group_of(owner: str, table: dict[str, Any], where: str = "node.toml") -> ServiceGroup:
    """The services that a `[services]` table describes; BadInputError says what is wrong with it."""
    try:
        words = msgspec.convert(table, _Table)
    except msgspec.ValidationError as trouble:
        raise BadInputError(f"[services]: {trouble}", where, "a member has name, slot, votes and region") from None
    return ServiceGroup(owner=owner, members=words.member, beat_s=words.beat_s, lease_s=words.lease_s)
