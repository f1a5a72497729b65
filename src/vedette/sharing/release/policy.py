"""A release policy as values: to whom, in which modes, and for each class of information what may go, how coarse, when.

What is not granted is withheld: a policy without grants releases nothing. `policy_toml` reads one from a file.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.frames.polygons import polygon_contains
from vedette.reports import Mode

KNOWN_VERSION = 1
EVERYWHERE = "everywhere"
NO_THIRD_PARTY = "no third party"
ONLY = "only "  # "only NORTH, SOUTH"


class Kind(StrEnum):
    """Classes of information."""

    TRACK = "track"
    EVENT = "event"
    HEALTH = "health"
    LOOK = "look"
    NOTICE = "notice"
    WORDS = "words"


Lane = Literal["warn", "track", "bulk", "words"]
LANES: dict[Kind, Lane] = {
    Kind.TRACK: "track", Kind.EVENT: "warn", Kind.HEALTH: "track", Kind.LOOK: "bulk", Kind.NOTICE: "bulk",
    Kind.WORDS: "words",
}  # fmt: skip

# What a grant may name besides what its class cannot do without.
FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TRACK: ("parents", "phase", "probabilities", "phenomena", "provenance", "sensors", "responsible", "reason"),
    Kind.EVENT: ("phenomena", "probabilities", "launch", "azimuth", "impact", "count", "tracks", "message", "text"),
    Kind.HEALTH: ("working", "degraded", "silent", "coverage"),
    Kind.LOOK: ("description",),
    Kind.NOTICE: (),
    Kind.WORDS: (),
}

CADENCE_S: dict[Kind, float] = {
    Kind.TRACK: 10.0, Kind.EVENT: 1.0, Kind.HEALTH: 60.0, Kind.LOOK: 1.0, Kind.NOTICE: 10.0, Kind.WORDS: 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseArea:
    """A part of the Earth up to a height: corners (k, 2) in radians, heights in metres."""

    name: str
    corners_rad: Rows
    height_min_m: float = -1e9
    height_max_m: float = 1e12

    def contains(self, positions_itrf_m: Rows) -> Bools:
        """(n,) which points lie in it."""
        lat_rad, lon_rad, height_m = geodetic_from_itrf(positions_itrf_m)
        inside = np.asarray(polygon_contains(self.corners_rad, lat_rad, lon_rad))
        return inside & (height_m >= self.height_min_m) & (height_m <= self.height_max_m)

    def covers(self, lat_deg: Scalar, lon_deg: Scalar) -> Bools:
        """(n,) which places on the ground lie under it."""
        return polygon_contains(self.corners_rad, np.radians(lat_deg), np.radians(lon_deg))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One class of information, and what of it may go: the first grant that fits decides."""

    kind: Kind
    number: int  # which [[grant]] of the file, from 1
    areas: tuple[ReleaseArea, ...] = ()  # empty with `is_everywhere` False: nowhere
    is_everywhere: bool = False
    but_not: tuple[ReleaseArea, ...] = ()
    fields: frozenset[str] = frozenset()
    position_m: float = 10_000.0  # 0: as it is
    velocity_mps: float = 20.0
    place_m: float = 10_000.0  # of launch and impact
    time_s: float = 10.0
    share: float = 0.05  # probabilities are rounded to it
    covariance: Literal["round", "full"] = "round"
    shapes: Literal["round", "full"] = "round"  # of areas
    cadence_s: float = 10.0
    delay_s: float = 0.0
    coast_s: float = 1_800.0
    phases: frozenset[str] = frozenset()  # empty: any
    evidence_least: str = "correlated"
    is_third_party: bool = False  # what partners told may be passed on, where its caveats allow
    caveats: tuple[str, ...] = ()  # put on what goes out
    sensors: frozenset[str] = frozenset()  # of looks
    words: frozenset[str] = frozenset()  # kinds of words
    documents: frozenset[str] = frozenset()  # document types that may go with them

    @property
    def cadence_ns(self) -> int:
        """From release to release."""
        return round(self.cadence_s * 1e9)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePolicy:
    """What one peer may have. `digest` is SHA-256 of the text: two policies with one digest are one."""

    peer: str
    title: str = ""
    modes: frozenset[Mode] = frozenset()
    grants: tuple[Grant, ...] = ()
    numbers: Literal["per peer", "common", "own"] = "per peer"
    pad_bytes: int = 4096  # messages are padded to a power of two from here on
    areas: tuple[ReleaseArea, ...] = ()
    digest: str = ""

    @property
    def peer_owner(self) -> str:
        """The owner of the peer, whether the file names the owner ("SOUTH") or one of its nodes ("SOUTH-A")."""
        return self.peer.partition("-")[0]

    def grants_of(self, kind: Kind) -> tuple[Grant, ...]:
        """Those of one class, in the order of the file."""
        return tuple(one for one in self.grants if one.kind is kind)


def third_party_trouble(provenance: tuple[str, ...], caveats: tuple[str, ...], owner: str, peer: str) -> str:
    """Why something must not be passed on to `peer`; empty when it may be.

    What is our own alone passes. A caveat that is not understood holds all back: whoever wrote it meant something.
    """
    others = [one for one in provenance if one != owner]
    if not others and not caveats:
        return ""
    if peer in others and len(others) == 1:
        return f"it is {peer}'s own"
    for caveat in caveats:
        plain = caveat.strip()
        if plain == NO_THIRD_PARTY and others:
            return f"its caveat says {NO_THIRD_PARTY!r}"
        if plain.startswith(ONLY):
            allowed = {name.strip() for name in plain[len(ONLY) :].split(",")}
            if peer not in allowed:
                return f"its caveat says {plain!r}"
        elif plain != NO_THIRD_PARTY:
            return f"its caveat {plain!r} is not understood"
    return ""
