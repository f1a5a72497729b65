"""Positions in bulk as a binary frame of the stream: thousands of objects in one message of 28 bytes each.

Header of 32 bytes, little-endian: magic, version, kind, count, reserved, TAI and UTC seconds since 1970; then the
numbers, positions and velocities (Earth-fixed, m and m/s, single precision: within half a metre at 7,000 km).
"""

import struct
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.reports.elements import ElementSets
from vedette.time import jd_utc_from_tai_ns

MAGIC = 0x54444556  # "VEDT"
VERSION = 1
CATALOGUE, TRACKS = 1, 2
HEADER = struct.Struct("<IHHIIdd")
J2000_AFTER_1970_S = (51_544 - 40_587) * 86_400 + 43_200  # noon of the one, midnight of the other, both of TAI
_JD_1970 = 2_440_587.5


def position_frame(kind: int, t_tai_ns: int, numbers: Ints, states_itrf: Rows) -> bytes:
    """The frame of objects with numbers (n,) and states (n, 6) at an instant; those without a state are left out."""
    known = np.all(np.isfinite(states_itrf), axis=1)
    told, states = numbers[known].astype("<u4"), states_itrf[known].astype("<f4")
    jd_1, jd_2 = jd_utc_from_tai_ns(np.array([t_tai_ns], dtype=np.int64))
    t_utc_unix_s = ((float(jd_1[0]) - _JD_1970) + float(jd_2[0])) * 86_400.0
    head = HEADER.pack(
        MAGIC, VERSION, kind, len(told), 0, t_tai_ns / NS_PER_S + J2000_AFTER_1970_S, t_utc_unix_s
    )  # fmt: skip
    parts = (told, np.ascontiguousarray(states[:, :3]), np.ascontiguousarray(states[:, 3:]))
    return b"".join((head, *(part.tobytes() for part in parts)))


@dataclass(frozen=True, slots=True)
class ReadFrame:
    """A frame read again."""

    kind: int
    t_tai_s: float
    t_utc_unix_s: float
    numbers: Ints
    positions_itrf_m: Rows
    velocities_itrf_mps: Rows


def read_position_frame(frame: bytes) -> ReadFrame:
    """What a frame says; ValueError when it is none."""
    magic, version, kind, count, _, t_tai_s, t_utc_unix_s = HEADER.unpack_from(frame)
    if magic != MAGIC or version != VERSION or len(frame) != HEADER.size + 28 * count:
        raise ValueError("no frame of positions")
    numbers = np.frombuffer(frame, "<u4", count, HEADER.size)
    values = np.frombuffer(frame, "<f4", 6 * count, HEADER.size + 4 * count).reshape(2, count, 3)
    return ReadFrame(kind, t_tai_s, t_utc_unix_s, numbers, values[0], values[1])


class CataloguePositions:
    """A catalogue made ready to say where everything is; SGP4 in bulk, some milliseconds for thirty thousand."""

    def __init__(self, sets: ElementSets) -> None:
        from vedette.frames import EarthOrientation
        from vedette.motion.sgp4 import Sgp4

        self.sets = sets
        self._flown = Sgp4.of(sets)
        self._earth = EarthOrientation.packaged()
        self._newest: tuple[int, bytes] | None = None

    def states_itrf(self, t_tai_ns: int) -> Rows:
        """(n, 6) of every object at an instant; NaN where its elements give none."""
        from vedette.frames import state_itrf_from_teme

        components, troubles = self._flown.components_teme(np.array([t_tai_ns], dtype=np.int64))
        states = np.asarray(state_itrf_from_teme(t_tai_ns, np.concatenate(components, axis=1), self._earth))
        states[troubles[:, 0] != 0] = np.nan  # also who has come down
        return states

    def frame(self, t_tai_ns: int) -> bytes:
        """The binary frame of an instant; the newest is kept."""
        newest = self._newest
        if newest is None or newest[0] != t_tai_ns:
            numbers = np.arange(len(self.sets), dtype=np.int64)
            newest = self._newest = (t_tai_ns, position_frame(CATALOGUE, t_tai_ns, numbers, self.states_itrf(t_tai_ns)))
        return newest[1]

    def rows(self) -> list[dict[str, object]]:
        """Who is who: the index that frames use, number, name and kind."""
        sets = self.sets
        return [
            {"index": i, "number": number, "id": designator or str(number), "name": name, "kind": kind_of(name)}
            for i, (number, designator, name) in enumerate(
                zip(sets.number.tolist(), sets.designator, sets.name, strict=True)
            )
        ]


def kind_of(name: str) -> str:
    """payload, rocket-body, debris or unknown, by the marks that catalogues put into names."""
    words = name.upper().replace("(", " ").replace(")", " ").split()
    if not words:
        return "unknown"
    if "R/B" in words or "AKM" in words or "PKM" in words:
        return "rocket-body"
    if any(word.startswith("DEB") for word in words) or "COOLANT" in words:
        return "debris"
    if name.upper().startswith(("OBJECT", "UNKNOWN", "TBA")):
        return "unknown"
    return "payload"
